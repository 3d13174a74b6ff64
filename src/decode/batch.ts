import type { Event } from '../core/event.ts';
import type { Family, FamilyCounts } from '../core/family.ts';
import type { Decoded } from './decoder.ts';
import type { ReadLine } from './reader.ts';
import { parseTime } from './time.ts';

/** Collects what one push of bytes completes. */
export class Batch {
  readonly #counts: FamilyCounts = {};
  readonly #events: Event[] = [];
  #eventAt: number | undefined;
  #time = '';

  count(family: Family): void {
    this.#counts[family] = (this.#counts[family] ?? 0) + 1;
  }

  add({ family, event }: ReadLine): void {
    this.count(family);
    if (event === undefined) return;
    this.#events.push(event);
    this.#eventAt = Math.max(event.at, this.#eventAt ?? 0);
  }

  /** The container's time of the last record so far. */
  seen(time: string): void {
    this.#time = time;
  }

  done(): Decoded {
    return { events: this.#events, counts: this.#counts, newest: parseTime(this.#time) ?? this.#eventAt };
  }
}
