import type { Scope } from '../../expression/expression.ts';
import type { Absence } from './absence.ts';
import type { ActiveTimes } from './active.ts';
import type { Condition } from './condition.ts';
import type { Draft } from './draft.ts';
import type { Gate } from './gate.ts';
import type { Kept } from './memory.ts';
import type { Sequence } from './sequence.ts';

/** Why a rule's notification was held back. */
export type HeldReason = 'inactive' | 'limit' | 'suppress' | 'group';

/** A rule's behaviour over several events: conditions, which must all hold, then gates, which hold notifications back. */
export interface Course {
  /** True when it wants to see events with this action beside those that the rule's policies pass. */
  mayConcern(action: string): boolean;
  /** Sees every event that concerns it; `passes` tells whether the rule's policies do. Undefined: the rule does not fire. */
  observe(scope: Scope, atMs: number, nowMs: number, passes: boolean): Met | undefined;
  /** The rule fired: may it be told? `drafts` are to be told in any case. */
  gate(
    scope: Scope,
    atMs: number,
    nowMs: number,
  ): { readonly held: HeldReason | undefined; readonly drafts: readonly Draft[] };
  /** A line of any kind was read. */
  heard(nowMs: number): void;
  /** What is to be told by this time. */
  due(nowMs: number): readonly Draft[];
  /** What its parts remember for this event's key, in words. */
  state(scope: Scope): string;
  /** What it remembers, by the name of the part. */
  readonly memories: ReadonlyMap<string, Kept>;
}

/** The rule fires; `draft` is what there is to tell beyond the event. */
export interface Met {
  readonly draft: Draft | undefined;
}

export interface CourseParts {
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly sequence: Sequence | undefined;
  readonly absence: Absence | undefined;
  readonly active: ActiveTimes | undefined;
  /** In the order in which they are asked. */
  readonly gates: ReadonlyMap<HeldReason, Gate>;
}

export function createCourse({ conditions, sequence, absence, active, gates }: CourseParts): Course {
  const memories = new Map<string, Kept>(
    [...conditions, ...gates, ['sequence', sequence] as const, ['absence', absence] as const].flatMap(([name, part]) =>
      part === undefined ? [] : [[name, part.memory] as const],
    ),
  );
  return { mayConcern: (action) => sequence?.mayFire(action) === true, observe, gate, heard, due, state, memories };

  function state(scope: Scope): string {
    const told = [...conditions, ...gates, ['sequence', sequence] as const].flatMap(([name, part]) =>
      part === undefined ? [] : [`${name}: ${part.state(scope)}`],
    );
    return [...told, ...(absence === undefined ? [] : ['absence']), ...(active === undefined ? [] : ['active'])].join(
      '; ',
    );
  }

  function observe(scope: Scope, atMs: number, nowMs: number, passes: boolean): Met | undefined {
    if (passes && absence?.of === 'events') absence.heard(nowMs);
    const after = sequence?.watch(scope, atMs, passes);
    // A rule that waits for nothing to come has nothing to say about what comes.
    if (!passes && after === undefined) return undefined;
    let draft: Draft | undefined;
    let met = after !== 'unmet' && absence === undefined;
    if (after !== undefined && after !== 'unmet') ({ draft } = after);
    if (!passes) return met ? { draft } : undefined;
    // All are asked, because each has to remember.
    for (const condition of conditions.values()) {
      const observed = condition.observe(scope, atMs);
      if (observed === 'unmet') met = false;
      else draft ??= observed.draft;
    }
    return met ? { draft } : undefined;
  }

  function gate(scope: Scope, atMs: number, nowMs: number): ReturnType<Course['gate']> {
    if (active?.(atMs) === false) return { held: 'inactive', drafts: [] };
    const drafts: Draft[] = [];
    for (const [reason, one] of gates) {
      const taken = one.take(scope, atMs, nowMs);
      drafts.push(...taken.drafts);
      if (taken.held) return { held: reason, drafts };
    }
    return { held: undefined, drafts };
  }

  function heard(nowMs: number): void {
    if (absence?.of === 'lines') absence.heard(nowMs);
  }

  function due(nowMs: number): readonly Draft[] {
    const silent = absence === undefined || active?.(nowMs) === false ? [] : absence.due(nowMs);
    return [...silent, ...[...gates.values()].flatMap((one) => one.due(nowMs))];
  }
}
