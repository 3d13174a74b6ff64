import type { Event } from '../../core/event.ts';
import { addCounts, type FamilyCounts } from '../../core/family.ts';
import type { Json } from '../../core/json.ts';
import { gapEvent } from '../gap.ts';
import type { SourceBatch } from '../source.ts';
import type { ReadStep } from './tail.ts';

/** A backlog is committed in pieces of this many events or bytes: a commit costs as much as some hundred lines that are no events. */
const batchEventsMin = 1000;
const batchBytesMax = 8 * 1024 * 1024;

/** What was read of any number of logs and is not committed yet. */
export class Pending {
  #events: Event[] = [];
  #counts: FamilyCounts = {};
  #newest: number | undefined;
  #checkpoints = new Map<string, Json>();
  #bytes = 0;

  /** Worth a commit of its own. */
  get isLarge(): boolean {
    return this.#events.length >= batchEventsMin || this.#bytes >= batchBytesMax;
  }

  get isEmpty(): boolean {
    return this.#checkpoints.size === 0;
  }

  add(path: string, { decoded, gap, checkpoint, bytes }: ReadStep, nowMs: number): void {
    for (const event of decoded.events) this.#events.push(event);
    if (gap !== undefined) this.#events.push(gapEvent(gap, nowMs));
    addCounts(this.#counts, decoded.counts);
    this.#newest = Math.max(decoded.newest ?? 0, this.#newest ?? 0) || undefined;
    this.#bytes += bytes;
    this.#checkpoints.set(path, checkpoint);
  }

  /** Where a log is read from, before anything of it is. */
  start(path: string, checkpoint: Json): void {
    this.#checkpoints.set(path, checkpoint);
  }

  /** Everything, to be committed as a whole. */
  take(): SourceBatch {
    const batch = {
      events: this.#events,
      counts: this.#counts,
      newest: this.#newest,
      checkpoints: this.#checkpoints,
    };
    this.#events = [];
    this.#counts = {};
    this.#newest = undefined;
    this.#checkpoints = new Map();
    this.#bytes = 0;
    return batch;
  }
}
