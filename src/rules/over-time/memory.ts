import type { Json } from '../../core/json.ts';

/** Keys and values as the journal keeps them; `null` forgets one. */
export type Rows = Map<string, string | null>;

/** A memory as seen by whoever writes it down and reads it back. */
export interface Kept {
  /** Adds what changed since the last call, under the prefix. */
  take(prefix: string, into: Rows): void;
  /** Replaces everything by what was written down. Which of it was changed least recently is not known any more. */
  restore(rows: Iterable<readonly [key: string, value: Json]>): void;
}

/** Most keys that one part of a rule remembers. */
export const keysMax = 10_000;

/**
 * What one part of a rule remembers, by key: at most {@link keysMax}, the least recently changed first out. Values are plain JSON and are
 * replaced, never changed, so that what is written down is what was meant.
 */
export class Memory<T extends Json> implements Kept {
  readonly #values = new Map<string, T>();
  readonly #changed = new Set<string>();
  readonly #evicted: (key: string, value: T) => void;
  /** How often it was restored: what was worked out from it before holds no longer. */
  generation = 0;

  /** `evicted` is told what had to go for room. */
  constructor(evicted: (key: string, value: T) => void) {
    this.#evicted = evicted;
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    // A Map keeps the order of insertion: deleting first makes this key the most recent one.
    this.#values.delete(key);
    this.#values.set(key, value);
    this.#changed.add(key);
    if (this.#values.size > keysMax) this.#evictOldest();
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#changed.add(key);
  }

  entries(): IterableIterator<[string, T]> {
    return this.#values.entries();
  }

  take(prefix: string, into: Rows): void {
    for (const key of this.#changed) {
      const value = this.#values.get(key);
      into.set(prefix + key, value === undefined ? null : JSON.stringify(value));
    }
    this.#changed.clear();
  }

  restore(rows: Iterable<readonly [string, T]>): void {
    this.#values.clear();
    this.#changed.clear();
    this.generation += 1;
    for (const [key, value] of rows) this.#values.set(key, value);
  }

  #evictOldest(): void {
    const [oldest] = this.#values;
    if (oldest === undefined) return;
    this.delete(oldest[0]);
    this.#evicted(...oldest);
  }
}
