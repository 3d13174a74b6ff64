import type { Json } from '../../core/json.ts';
import type { Scope } from '../../expression/expression.ts';
import type { Condition, Observed } from './condition.ts';
import { byFacts, common, withoutHash, type Draft } from './draft.ts';
import { recall, type By, type Key, type KeyPart } from './key.ts';
import { Memory } from './memory.ts';
import {
  insert,
  newTimeline,
  readMoment,
  readTimeline,
  remove,
  type Timeline,
  writeMoment,
  writeTimeline,
} from './timeline.ts';
import { latenessMs } from './times.ts';
import { eventTitle, quote } from './title.ts';

export interface WindowOptions {
  readonly count: number;
  readonly withinMs: number;
  readonly by: By;
  readonly distinct: KeyPart | undefined;
}

/** Places of a timeline that make up the count, both inclusive. */
type Span = readonly [start: number, end: number];

/** Beyond what is needed, so that an event that comes late still finds its neighbours. */
const spare = 64;
const shownMax = 20;

/**
 * So many events (or different values) of one key within a span of event time, whichever order they come in. Meeting it starts the
 * count anew: an attack that goes on is told again, not once for ever.
 */
export function createWindow(options: WindowOptions): Condition {
  const { count, withinMs, by, distinct } = options;
  const memory = new Memory<Timeline>({
    write: writeTimeline,
    read: (stored) => withoutValues(readTimeline(stored, true), distinct),
    grow,
  });
  return { memory, observe, state };

  function state(scope: Scope): string {
    const { at, values } = recall(memory, by, scope) ?? newTimeline(0);
    return `${distinct === undefined ? at.length : new Set(values).size} of ${count}`;
  }

  function observe(scope: Scope, atMs: number): Observed {
    const key = by.keyOf(scope);
    const value = distinct?.read(scope);
    if (key === undefined || (distinct !== undefined && value === undefined)) return 'unmet';
    const seen = memory.get(key.text) ?? newTimeline(atMs);
    const at = atMs - seen.since;
    const place = add(seen, at, value);
    const span = distinct === undefined ? spanAt(seen, place) : distinctSpan(seen, place);
    if (span === undefined) {
      memory.add(key.text, seen, writeMoment(at, value));
      return 'unmet';
    }
    memory.delete(key.text);
    return { draft: draftOf(seen, span, key, scope) };
  }

  function grow(seen: Timeline, addition: Json): Timeline {
    add(seen, ...readMoment(addition));
    return seen;
  }

  /** Returns the place of what was added, after whatever is too old or too much was taken out. */
  function add(seen: Timeline, at: number, value: string | undefined): number {
    let place = insert(seen, at, value);
    const oldest = (seen.at.at(-1) ?? at) - withinMs - latenessMs;
    let gone = 0;
    while ((seen.at[gone] ?? at) < oldest) gone += 1;
    remove(seen, 0, gone);
    place -= gone;
    if (seen.at.length <= count + spare) return place;
    const superfluous = distinct === undefined ? 0 : firstRepeated(seen.values);
    remove(seen, superfluous, 1);
    return superfluous <= place ? place - 1 : place;
  }

  /** The span that holds the new event and enough others. */
  function spanAt({ at }: Timeline, place: number): Span | undefined {
    for (let start = Math.max(0, place - count + 1); start <= place && start + count <= at.length; start += 1) {
      const end = start + count - 1;
      if ((at[end] ?? 0) - (at[start] ?? 0) <= withinMs) return [start, end];
    }
    return undefined;
  }

  /** The same for different values: from each start as far as the span reaches. */
  function distinctSpan({ at, values }: Timeline, place: number): Span | undefined {
    // The same value again, with nothing between: whatever it could complete was complete before.
    if (at.length < count || (place === at.length - 1 && values[place] === values[place - 1])) return undefined;
    const seen = new Map<string, number>();
    let start = 0;
    for (const [end, value] of values.entries()) {
      seen.set(value, (seen.get(value) ?? 0) + 1);
      for (; (at[end] ?? 0) - (at[start] ?? 0) > withinMs; start += 1) forget(seen, values[start] ?? '');
      if (seen.size >= count && start <= place && place <= end) return [start, end];
    }
    return undefined;
  }

  function draftOf(seen: Timeline, [start, end]: Span, key: Key, scope: Scope): Draft {
    const { event } = scope;
    const values = [...new Set(seen.values.slice(start, end + 1))];
    return {
      kind: 'window',
      key: key.text,
      count: distinct === undefined ? count : values.length,
      first: seen.since + (seen.at[start] ?? 0),
      last: seen.since + (seen.at[end] ?? 0),
      facts: {
        by: byFacts(by, key.values),
        ...(distinct !== undefined && { distinct: distinct.name, values: values.slice(0, shownMax).map(withoutHash) }),
        last_event: { id: event.id, ...quote(eventTitle(event)) },
      },
      ...common(by, event),
    };
  }
}

function withoutValues(seen: Timeline, distinct: KeyPart | undefined): Timeline {
  if (distinct === undefined) seen.values.length = 0;
  return seen;
}

/** The first value that comes again later; else the oldest. So nobody can flush values out by repeating one. */
function firstRepeated(values: readonly string[]): number {
  const last = new Map(values.map((value, at) => [value, at]));
  return Math.max(
    0,
    values.findIndex((value, at) => last.get(value) !== at),
  );
}

/** One occurrence less. */
function forget(seen: Map<string, number>, value: string): void {
  const left = (seen.get(value) ?? 1) - 1;
  if (left === 0) seen.delete(value);
  else seen.set(value, left);
}
