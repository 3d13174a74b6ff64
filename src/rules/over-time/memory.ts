import type { Json } from '../../core/json.ts';

/** A memory as seen by whoever writes it down and reads it back. */
export interface Kept {
  /** What changed since the last call, as the journal keeps it; `null` forgets a key. To be written down before anything else changes. */
  take(): readonly (readonly [key: string, value: Json])[];
  /** Replaces everything by what was written down. Which of it was changed least recently is not known any more. */
  restore(rows: Iterable<readonly [key: string, value: Json]>): void;
  /** How many keys had to go for room since the last call. */
  takeEvictions(): number;
}

/** Most keys that one part of a rule remembers. */
export const keysMax = 10_000;

export interface MemoryOptions<T> {
  /** Is told what had to go for room. */
  readonly evicted?: (key: string, value: T) => void;
  /** How a value is written down: shorter than it is in memory. `read` also reads what earlier versions wrote. */
  readonly write?: (value: T) => Json;
  readonly read?: (stored: Json) => T;
}

/** Finding the oldest key costs as much as finding some more, so room is made for a few. */
const evictedAtOnce = 64;

/**
 * What one part of a rule remembers, by key: at most {@link keysMax}, the least recently changed first out; between two calls of
 * {@link Memory.take}, in the order of the first change. Values are plain JSON. One may be changed in place, if `set` is told so.
 */
export class Memory<T extends Json> implements Kept {
  readonly #values = new Map<string, T>();
  readonly #changed = new Set<string>();
  readonly #options: MemoryOptions<T>;
  #evictions = 0;
  /** How often it was restored: what was worked out from it before holds no longer. */
  generation = 0;

  constructor(options: MemoryOptions<T> = {}) {
    this.#options = options;
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    const known = this.#changed.size;
    this.#changed.add(key);
    // A Map keeps the order of insertion: deleting first makes this key the most recent one. Once for a batch is enough.
    if (this.#changed.size > known) this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > keysMax) this.#evict();
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#changed.add(key);
  }

  entries(): IterableIterator<[string, T]> {
    return this.#values.entries();
  }

  take(): ReturnType<Kept['take']> {
    const { write } = this.#options;
    const changes: (readonly [string, Json])[] = [];
    for (const key of this.#changed) {
      const value = this.#values.get(key);
      changes.push([key, value === undefined ? null : write === undefined ? value : write(value)]);
    }
    this.#changed.clear();
    return changes;
  }

  restore(rows: Iterable<readonly [string, T]>): void {
    const { read } = this.#options;
    this.#values.clear();
    this.#changed.clear();
    this.generation += 1;
    for (const [key, value] of rows) this.#values.set(key, read === undefined ? value : read(value));
  }

  takeEvictions(): number {
    const evictions = this.#evictions;
    this.#evictions = 0;
    return evictions;
  }

  #evict(): void {
    let left = evictedAtOnce;
    for (const [key, value] of this.#values) {
      this.delete(key);
      this.#evictions += 1;
      this.#options.evicted?.(key, value);
      left -= 1;
      if (left === 0) return;
    }
  }
}
