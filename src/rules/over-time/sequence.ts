import type { Json } from '../../core/json.ts';
import type { Scope } from '../../expression/expression.ts';
import { isoMillis } from '../../render/formats/time.ts';
import type { Rule } from '../rule.ts';
import type { Condition, Observed } from './condition.ts';
import { byFacts, common } from './draft.ts';
import { recall, type By, type Key } from './key.ts';
import { Memory } from './memory.ts';
import { listIn, numberIn, textIn } from './stored.ts';
import { latenessMs } from './times.ts';
import { quote, type EventTitle } from './title.ts';

export interface SequenceOptions {
  /** What must have happened before, in this order. The rule's own policies are the last step. */
  readonly steps: readonly { readonly rule: Rule; readonly count: number }[];
  readonly withinMs: number;
  readonly by: By;
  readonly eventTitle: EventTitle;
}

/** An event that was a step: its time, a bit for each step that it may be, the last step's included, and its title. */
type Seen = readonly [at: number, steps: number, title: string];

/** Events of one key that are remembered; the oldest go first. */
const seenMax = 64;
const titleMax = 120;

/** A condition that also wants to see events which are not the rule's own. */
export interface Sequence extends Condition {
  mayFire(action: string): boolean;
  /** `passes`: the event is the last step. */
  watch(scope: Scope, atMs: number, passes: boolean): Observed;
}

/** Steps with the same key, in the order of event time, within a span. Meeting it forgets the events that did. */
export function createSequence({ steps, withinMs, by, eventTitle }: SequenceOptions): Sequence {
  const memory = new Memory<readonly Seen[]>({ grow });
  const last = 1 << steps.length;
  return {
    memory,
    mayFire: (action) => steps.some(({ rule }) => rule.mayFire(action)),
    observe: (scope, atMs) => watch(scope, atMs, true),
    state: (scope) => `${(recall(memory, by, scope) ?? []).length} steps seen`,
    watch,
  };

  function watch(scope: Scope, atMs: number, passes: boolean): Observed {
    let bits = passes ? last : 0;
    for (const [at, { rule }] of steps.entries()) if (rule.evaluate(scope).fires) bits |= 1 << at;
    const key = bits === 0 ? undefined : by.keyOf(scope);
    if (key === undefined) return 'unmet';
    const known = memory.get(key.text);
    // Without a first step there is nothing that could follow it.
    if (known === undefined && (bits & 1) === 0) return 'unmet';
    const before = known ?? [];
    const one: Seen = [atMs, bits, eventTitle(scope.event, titleMax)];
    const seen = insert(before, one);
    const found = complete(seen);
    const rest = found === undefined ? seen : seen.slice(found.end + 1);
    if (!rest.some(([, steps_]) => (steps_ & 1) !== 0)) memory.delete(key.text);
    else if (found === undefined) memory.add(key.text, rest, one);
    else memory.set(key.text, rest);
    return found === undefined ? 'unmet' : { draft: draftOf(found.events, key, scope) };
  }

  /** Puts an event into its place, without those that are too old or too many by then. */
  function insert(before: readonly Seen[], [atMs, bits, title]: Seen): readonly Seen[] {
    const newest = Math.max(atMs, before.at(-1)?.[0] ?? 0);
    const kept = before.filter(([at]) => at >= newest - withinMs - latenessMs);
    const place = kept.findLastIndex(([at]) => at <= atMs) + 1;
    // Failures of one user have the same title, which is then kept once.
    const last = kept.at(-1)?.[2];
    return kept.toSpliced(place, 0, [atMs, bits, last === title ? last : title]).slice(-seenMax);
  }

  function grow(before: readonly Seen[], addition: Json): readonly Seen[] {
    const [at, bits, title] = listIn(addition);
    return insert(before, [numberIn(at), numberIn(bits), textIn(title)]);
  }

  /** The latest events that make up the sequence, with the place of the last of them. */
  function complete(seen: readonly Seen[]): { readonly events: readonly Seen[]; readonly end: number } | undefined {
    for (const [end, final] of seen.entries()) {
      if ((final[1] & last) === 0) continue;
      const events = backwards(seen, end);
      if (events !== undefined && final[0] - (events[0]?.[0] ?? 0) <= withinMs) return { events, end };
    }
    return undefined;
  }

  /** Takes for every step the latest events before those of the next: if any choice fits into the span, this one does. */
  function backwards(seen: readonly Seen[], end: number): readonly Seen[] | undefined {
    const chosen = seen.slice(end, end + 1);
    let place = end - 1;
    for (let step = steps.length - 1; step >= 0; step -= 1) {
      for (let missing = steps[step]?.count ?? 1; missing > 0; place -= 1) {
        const one = seen[place];
        if (one === undefined) return undefined;
        if ((one[1] & (1 << step)) === 0) continue;
        chosen.unshift(one);
        missing -= 1;
      }
    }
    return chosen;
  }

  function draftOf(events: readonly Seen[], key: Key, scope: Scope) {
    return {
      kind: 'sequence' as const,
      key: key.text,
      count: events.length,
      first: events[0]?.[0] ?? scope.event.at,
      last: events.at(-1)?.[0] ?? scope.event.at,
      facts: {
        by: byFacts(by, key.values),
        steps: events.map(([at, , title]) => ({ at: isoMillis(at), ...quote(title) })),
        last_event: { id: scope.event.id, ...quote(eventTitle(scope.event)) },
      },
      ...common(by, scope.event),
    };
  }
}
