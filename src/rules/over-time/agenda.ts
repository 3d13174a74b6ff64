import type { Json } from '../../core/json.ts';
import type { Memory } from './memory.ts';

/** Finds what of a memory is due, without looking at all of it whenever it is asked. */
export interface Agenda<T> {
  /** A value that is due then was put into the memory. */
  note(value: T): void;
  /** What is due by this time, each with its key. It stays due until the memory has something else under that key. */
  due(nowMs: number): readonly (readonly [key: string, value: T])[];
}

/** `dueOf`: when a value is due, ms. */
export function createAgenda<T extends Json>(memory: Memory<T>, dueOf: (value: T) => number): Agenda<T> {
  /** Nothing is due before. Holds for the memory as it was restored last. */
  let earliestMs = -Infinity;
  let generation = memory.generation;
  return { note, due };

  function note(value: T): void {
    earliestMs = Math.min(earliestMs, dueOf(value));
  }

  function due(nowMs: number): readonly (readonly [string, T])[] {
    // What was told but could not be written is back in the memory, and due again.
    if (generation === memory.generation && nowMs < earliestMs) return [];
    ({ generation } = memory);
    earliestMs = Infinity;
    const found: (readonly [string, T])[] = [];
    for (const [key, value] of memory.entries()) {
      if (nowMs >= dueOf(value)) found.push([key, value]);
      else note(value);
    }
    return found;
  }
}
