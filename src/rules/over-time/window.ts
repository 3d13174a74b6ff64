import type { Scope } from '../../expression/expression.ts';
import { byFacts, common, type Draft } from './draft.ts';
import { keyOf, recall, type KeyPart } from './key.ts';
import { Memory } from './memory.ts';
import type { Condition, Observed } from './condition.ts';
import { latenessMs } from './times.ts';
import { eventTitle } from './title.ts';

export interface WindowOptions {
  readonly count: number;
  readonly withinMs: number;
  readonly by: readonly KeyPart[];
  readonly distinct: KeyPart | undefined;
}

/** Time and, with `distinct`, value of an event that counts. */
type Entry = readonly [at: number, value: string];

/** Beyond what is needed, so that an event that comes late still finds its neighbours. */
const spare = 64;
const shownMax = 20;

/**
 * So many events (or different values) of one key within a span of event time, whichever order they come in. Meeting it starts the
 * count anew: an attack that goes on is told again, not once for ever.
 */
export function createWindow(options: WindowOptions): Condition {
  const { count, withinMs, by, distinct } = options;
  const memory = new Memory<readonly Entry[]>(() => undefined);
  return { memory, observe, state };

  function state(scope: Scope): string {
    const entries = recall(memory, by, scope) ?? [];
    const counted = distinct === undefined ? entries.length : new Set(entries.map(([, value]) => value)).size;
    return `${counted} of ${count}`;
  }

  function observe(scope: Scope, atMs: number): Observed {
    const key = keyOf(by, scope);
    const value = distinct === undefined ? '' : distinct.read(scope);
    if (key === undefined || value === undefined) return 'unmet';
    const entries = insert(memory.get(key.text) ?? [], [atMs, value]);
    const found = distinct === undefined ? spanOf(entries, atMs) : distinctSpan(entries, atMs);
    if (found === undefined) {
      memory.set(key.text, entries);
      return 'unmet';
    }
    memory.delete(key.text);
    return { draft: draftOf(found, key, scope) };
  }

  function insert(before: readonly Entry[], entry: Entry): readonly Entry[] {
    const newest = Math.max(entry[0], before.at(-1)?.[0] ?? 0);
    const kept = before.filter(([at]) => at >= newest - withinMs - latenessMs);
    const place = kept.findLastIndex(([at]) => at <= entry[0]) + 1;
    const entries = kept.toSpliced(place, 0, entry);
    return entries.length > count + spare ? entries.toSpliced(superfluous(entries), 1) : entries;
  }

  /** The first entry whose value comes again later; else the oldest. So nobody can flush values out by repeating one. */
  function superfluous(entries: readonly Entry[]): number {
    if (distinct === undefined) return 0;
    const last = new Map(entries.map(([, value], at) => [value, at]));
    return Math.max(
      0,
      entries.findIndex(([, value], at) => last.get(value) !== at),
    );
  }

  /** The entries of a span that holds the new one and enough others. */
  function spanOf(entries: readonly Entry[], atMs: number): readonly Entry[] | undefined {
    for (let start = 0; start + count <= entries.length; start += 1) {
      const span = entries.slice(start, start + count);
      const from = span[0]?.[0] ?? 0;
      const to = span.at(-1)?.[0] ?? 0;
      if (from <= atMs && atMs <= to && to - from <= withinMs) return span;
    }
    return undefined;
  }

  /** The same for different values: from each start as far as the span reaches. */
  function distinctSpan(entries: readonly Entry[], atMs: number): readonly Entry[] | undefined {
    if (entries.length < count) return undefined;
    const seen = new Map<string, number>();
    let start = 0;
    for (const [place, [to, value]] of entries.entries()) {
      seen.set(value, (seen.get(value) ?? 0) + 1);
      for (let from = entries[start]; from !== undefined && to - from[0] > withinMs; from = entries[start]) {
        const left = (seen.get(from[1]) ?? 1) - 1;
        if (left === 0) seen.delete(from[1]);
        else seen.set(from[1], left);
        start += 1;
      }
      if (seen.size >= count && (entries[start]?.[0] ?? 0) <= atMs && atMs <= to)
        return entries.slice(start, place + 1);
    }
    return undefined;
  }

  function draftOf(span: readonly Entry[], key: { values: readonly string[]; text: string }, scope: Scope): Draft {
    const { event } = scope;
    const values = [...new Set(span.map(([, value]) => value))];
    return {
      kind: 'window',
      key: key.text,
      count: distinct === undefined ? span.length : values.length,
      first: span[0]?.[0] ?? event.at,
      last: span.at(-1)?.[0] ?? event.at,
      facts: {
        by: byFacts(by, key.values),
        ...(distinct !== undefined && { distinct: distinct.name, values: values.slice(0, shownMax) }),
        last_event: { id: event.id, title: eventTitle(event) },
      },
      ...common(by, event),
    };
  }
}
