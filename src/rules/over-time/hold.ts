import type { Scope } from '../../expression/expression.ts';
import { isoTime } from '../../render/message.ts';
import { createAgenda } from './agenda.ts';
import { byFacts, type Draft } from './draft.ts';
import type { Gate } from './gate.ts';
import { keyOf, recall, type KeyPart } from './key.ts';
import { Memory } from './memory.ts';
import { eventTitle } from './title.ts';

export interface HoldOptions {
  /** How many notifications pass in a period. */
  readonly count: number;
  readonly periodMs: number;
  readonly by: readonly KeyPart[];
}

/** A period of one key: when it began, how many passed, and what was held back since. */
type Period = {
  readonly from: number;
  readonly passed: number;
  readonly held: number;
  readonly first: number;
  readonly last: number;
  readonly title: string;
  readonly values: readonly string[];
};

/**
 * Lets so many notifications of a key pass in a period, which begins with the first of them. What is held back is told in one message when
 * the period is over, when its key has to go for room, or when the next notification comes: it is never lost.
 */
export function createHold({ count, periodMs, by }: HoldOptions): Gate {
  let drafts: Draft[] = [];
  const memory = new Memory<Period>((key, period) => tell(key, period));
  const agenda = createAgenda(memory, ({ from }) => from + periodMs);
  return { memory, take, due, state };

  function state(scope: Scope): string {
    const period = recall(memory, by, scope);
    if (period === undefined) return 'nothing held back';
    return `${period.held} held back, until ${isoTime(period.from + periodMs)}`;
  }

  function take(scope: Scope, atMs: number): ReturnType<Gate['take']> {
    // What lacks a part of the key stands for itself.
    const key = keyOf(by, scope);
    const held = key !== undefined && holds(key.text, key.values, scope, atMs);
    return { held, drafts: told() };
  }

  function holds(key: string, values: readonly string[], scope: Scope, atMs: number): boolean {
    const before = memory.get(key);
    if (before === undefined || atMs >= before.from + periodMs) {
      if (before !== undefined) tell(key, before);
      const period = { from: atMs, passed: 1, held: 0, first: 0, last: 0, title: '', values };
      memory.set(key, period);
      agenda.note(period);
      return false;
    }
    if (before.passed < count) {
      memory.set(key, { ...before, passed: before.passed + 1 });
      return false;
    }
    const first = before.held === 0 ? atMs : Math.min(before.first, atMs);
    const last = Math.max(before.last, atMs);
    memory.set(key, { ...before, held: before.held + 1, first, last, title: eventTitle(scope.event) });
    return true;
  }

  function due(nowMs: number): readonly Draft[] {
    for (const [key, period] of agenda.due(nowMs)) {
      memory.delete(key);
      tell(key, period);
    }
    return told();
  }

  function tell(key: string, { held, first, last, title, values }: Period): void {
    if (held === 0) return;
    const facts = { by: byFacts(by, values), last_event: { title } };
    drafts.push({ kind: 'more', key, count: held, first, last, facts });
  }

  function told(): readonly Draft[] {
    const given = drafts;
    if (given.length > 0) drafts = [];
    return given;
  }
}
