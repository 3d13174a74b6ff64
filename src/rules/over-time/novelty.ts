import type { Scope } from '../../expression/expression.ts';
import type { Condition, Observed } from './condition.ts';
import { keyOf, recall, type KeyPart } from './key.ts';
import { Memory } from './memory.ts';

export interface NoveltyOptions {
  readonly value: KeyPart;
  readonly by: readonly KeyPart[];
  /** A value that was not seen for so long is new again. */
  readonly withinMs: number;
  /** From the first event on, nothing is new for so long. */
  readonly learnMs: number;
}

/** When a value was last seen. */
type Known = readonly (readonly [value: string, at: number])[];

/** Values of one key that are remembered; the one not seen for longest goes first. */
const valuesMax = 100;
/** Holds when the first event was seen, beside the keys, which are lists. */
const startKey = 'start';

/**
 * A value that was not seen for this key. The first value of a key is learned and never new: a new user is not a known one at a new place.
 */
export function createNovelty({ value: part, by, withinMs, learnMs }: NoveltyOptions): Condition {
  const memory = new Memory<Known>(() => undefined);
  return {
    memory,
    observe,
    state: (scope) => `${(recall(memory, by, scope) ?? []).length} values known`,
  };

  function observe(scope: Scope, atMs: number): Observed {
    const key = keyOf(by, scope);
    const value = part.read(scope);
    if (key === undefined || value === undefined) return 'unmet';
    const learning = atMs < startOf(atMs) + learnMs;
    const known = (memory.get(key.text) ?? []).filter(([, at]) => at > atMs - withinMs);
    const before = known.find(([one]) => one === value);
    const others = known.filter((one) => one !== before);
    memory.set(key.text, [...others, [value, Math.max(atMs, before?.[1] ?? 0)] as const].slice(-valuesMax));
    return before !== undefined || others.length === 0 || learning ? 'unmet' : { draft: undefined };
  }

  /** Kept fresh, so that it is not what goes first for room. */
  function startOf(atMs: number): number {
    const start = memory.get(startKey)?.[0]?.[1] ?? atMs;
    if (memory.get(startKey) === undefined) memory.set(startKey, [['', start]]);
    return start;
  }
}
