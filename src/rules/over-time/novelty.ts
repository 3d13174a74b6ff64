import type { Json } from '../../core/json.ts';
import type { Scope } from '../../expression/expression.ts';
import type { Condition, Observed } from './condition.ts';
import { recall, type By, type KeyPart } from './key.ts';
import { Memory } from './memory.ts';
import {
  append,
  newTimeline,
  readMoment,
  readTimeline,
  remove,
  type Timeline,
  writeMoment,
  writeTimeline,
} from './timeline.ts';

export interface NoveltyOptions {
  readonly value: KeyPart;
  readonly by: By;
  /** A value that was not seen for so long is new again. */
  readonly withinMs: number;
  /** From the first event on, nothing is new for so long. */
  readonly learnMs: number;
}

/** Values of one key that are remembered; the one not seen for longest goes first. */
const valuesMax = 100;
/** A time that is off by less than this part of `within` is not written anew: most events bring what is known. */
const precision = 1000;
/** Holds when the first event was seen, beside the keys, which are lists. */
const startKey = 'start';

/**
 * A value that was not seen for this key. The first value of a key is learned and never new: a new user is not a known one at a new place.
 */
export function createNovelty({ value: part, by, withinMs, learnMs }: NoveltyOptions): Condition {
  /** Per key the values, the one seen last at the end, and when each was seen. */
  const memory = new Memory<Timeline>({
    write: writeTimeline,
    read: (stored) => readTimeline(stored, false),
    grow,
  });
  return {
    memory,
    observe,
    state: (scope) => `${recall(memory, by, scope)?.at.length ?? 0} values known`,
  };

  function observe(scope: Scope, atMs: number): Observed {
    const key = by.keyOf(scope);
    const value = part.read(scope);
    if (key === undefined || value === undefined) return 'unmet';
    const learning = atMs < startOf(atMs) + learnMs;
    const known = memory.get(key.text) ?? newTimeline(atMs);
    const at = atMs - known.since;
    const place = known.values.lastIndexOf(value);
    const before = known.at[place];
    if (before !== undefined && Math.abs(at - before) < withinMs / precision) return 'unmet';
    const fresh = before === undefined || before <= at - withinMs;
    see(known, value, at);
    memory.add(key.text, known, writeMoment(at, value));
    return fresh && known.at.length > 1 && !learning ? { draft: undefined } : 'unmet';
  }

  /** Kept fresh, so that it is not what goes first for room. */
  function startOf(atMs: number): number {
    const start = memory.get(startKey);
    if (start === undefined) memory.set(startKey, { since: atMs, at: [0], values: [''] });
    else memory.touch(startKey);
    return start?.since ?? atMs;
  }

  /** The value is the one seen last. */
  function see(known: Timeline, value: string, at: number): void {
    forgetOld(known, at - withinMs);
    const place = known.values.lastIndexOf(value);
    const before = known.at[place];
    if (before !== undefined) remove(known, place, 1);
    else if (known.at.length === valuesMax) remove(known, 0, 1);
    append(known, Math.max(at, before ?? at), value);
  }

  function grow(known: Timeline, addition: Json): Timeline {
    const [at, value = ''] = readMoment(addition);
    see(known, value, at);
    return known;
  }
}

function forgetOld(known: Timeline, untilMs: number): void {
  for (let place = known.at.length - 1; place >= 0; place -= 1) {
    if ((known.at[place] ?? 0) <= untilMs) remove(known, place, 1);
  }
}
