import type { Json } from '../../core/json.ts';
import type { Remembered, RuleChanges } from '../../core/rule-state.ts';
import { Recency, twiceAsLong } from './recency.ts';

/** A memory as seen by whoever writes it down and reads it back. */
export interface Kept {
  /** What changed since the last call, as the journal keeps it. To be written down before anything else changes. */
  take(): Changes;
  /** Replaces everything by what was written down. Which of it was changed least recently is not known any more. */
  restore(rows: Iterable<readonly [key: string, remembered: Remembered]>): void;
  /** How many keys had to go for room since the last call. */
  takeEvictions(): number;
}

type Change = RuleChanges[number];

/** As in {@link RuleChanges}, with keys for the rest of names. */
export interface Changes {
  readonly whole: Change[1];
  readonly added: Change[2];
}

/** Most keys that one part of a rule remembers. */
export const keysMax = 10_000;

export interface MemoryOptions<T> {
  /** Is told what had to go for room. */
  readonly evicted?: (key: string, value: T) => void;
  /** How a value is written down: shorter than it is in memory. `read` also reads what earlier versions wrote. */
  readonly write?: (value: T) => Json;
  readonly read?: (stored: Json) => T;
  /** What a value is after an addition, which {@link Memory.add} was told. It may change the value in place. */
  readonly grow?: (value: T, addition: Json) => T;
}

/** Making room has a price of its own, so room is made for a few. */
const evictedAtOnce = 64;
/** After so many additions a value is written whole, so that what has to be read and kept stays short. */
const additionsMax = 16;
const firstRoom = 16;

/**
 * What one part of a rule remembers, by key: at most {@link keysMax}, the least recently changed first out. Values are plain JSON. One may be
 * changed in place, if `set` or `add` is told so.
 */
export class Memory<T extends Json> implements Kept {
  /** Each key has a place, a number from 1 on, by which the lists below know it. */
  readonly #places = new Map<string, number>();
  readonly #keys: string[] = [''];
  readonly #values: (T | undefined)[] = [undefined];
  /** How often it was added to since it was written whole. */
  #additions = new Uint16Array(firstRoom);
  readonly #free: number[] = [];
  readonly #options: MemoryOptions<T>;
  #recency = new Recency();
  /** Keys that were set or deleted since the last `take`. */
  readonly #changed = new Set<string>();
  #added: Json[] = [];
  #evictions = 0;
  // What is changed was looked up just before.
  #lastKey = '';
  #lastPlace: number | undefined;
  /** How often it was restored: what was worked out from it before holds no longer. */
  generation = 0;

  constructor(options: MemoryOptions<T> = {}) {
    this.#options = options;
  }

  get(key: string): T | undefined {
    const place = this.#find(key);
    return place === undefined ? undefined : this.#values[place];
  }

  /** The key has this value now. It is written down whole. */
  set(key: string, value: T): void {
    const place = this.#find(key) ?? this.#put(key);
    this.#values[place] = value;
    this.#additions[place] = 0;
    this.#changed.add(key);
    this.#recency.touch(place);
    if (this.#places.size > keysMax) this.#evict();
  }

  /** The key has this value now, which is the one before with an addition, as `grow` makes it: only the addition is written down. */
  add(key: string, value: T, addition: Json): void {
    const place = this.#find(key);
    const additions = place === undefined ? additionsMax : (this.#additions[place] ?? 0);
    if (place === undefined || additions >= additionsMax) {
      this.set(key, value);
      return;
    }
    this.#values[place] = value;
    this.#recency.touch(place);
    if (additions === 0 && this.#changed.has(key)) return;
    this.#additions[place] = additions + 1;
    this.#added.push(key, addition);
  }

  /** Makes the key the one that was changed last, though its value stays. */
  touch(key: string): void {
    const place = this.#find(key);
    if (place !== undefined) this.#recency.touch(place);
  }

  delete(key: string): void {
    const place = this.#find(key);
    if (place === undefined) return;
    this.#places.delete(key);
    this.#recency.remove(place);
    this.#keys[place] = '';
    this.#values[place] = undefined;
    this.#free.push(place);
    this.#changed.add(key);
    this.#lastPlace = undefined;
  }

  *entries(): Generator<readonly [string, T]> {
    for (const [key, place] of this.#places) {
      const value = this.#values[place];
      if (value !== undefined) yield [key, value];
    }
  }

  take(): Changes {
    const { write } = this.#options;
    const whole: (readonly [string, Json])[] = [];
    for (const key of this.#changed) {
      const value = this.get(key);
      whole.push([key, value === undefined ? null : write === undefined ? value : write(value)]);
    }
    const added = this.#added;
    this.#changed.clear();
    if (added.length > 0) this.#added = [];
    return { whole, added };
  }

  restore(rows: Iterable<readonly [string, Remembered]>): void {
    const { read, grow } = this.#options;
    this.#clear();
    this.generation += 1;
    for (const [key, [whole, ...added]] of rows) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without `read` what is written is what is remembered
      let value: T = read === undefined ? (whole as T) : read(whole);
      for (const addition of added) value = grow === undefined ? value : grow(value, addition);
      const place = this.#put(key);
      this.#values[place] = value;
      this.#additions[place] = Math.min(added.length, additionsMax);
    }
  }

  takeEvictions(): number {
    const evictions = this.#evictions;
    this.#evictions = 0;
    return evictions;
  }

  #find(key: string): number | undefined {
    if (key !== this.#lastKey || this.#lastPlace === undefined) {
      this.#lastPlace = this.#places.get(key);
      this.#lastKey = key;
    }
    return this.#lastPlace;
  }

  /** Gives a new key its place. */
  #put(key: string): number {
    const place = this.#free.pop() ?? this.#keys.length;
    this.#places.set(key, place);
    this.#keys[place] = key;
    if (place >= this.#additions.length) this.#additions = twiceAsLong(this.#additions);
    this.#recency.add(place);
    this.#lastKey = key;
    this.#lastPlace = place;
    return place;
  }

  #evict(): void {
    for (let left = evictedAtOnce; left > 0; left -= 1) {
      const place = this.#recency.oldest();
      const key = this.#keys[place] ?? '';
      const value = this.#values[place];
      this.delete(key);
      this.#evictions += 1;
      if (value !== undefined) this.#options.evicted?.(key, value);
    }
  }

  #clear(): void {
    this.#places.clear();
    for (const list of [this.#keys, this.#values]) list.length = 1;
    this.#free.length = 0;
    this.#recency = new Recency();
    this.#changed.clear();
    this.#added = [];
    this.#lastPlace = undefined;
  }
}
