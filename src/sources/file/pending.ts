import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.ts';
import type { Event } from '../../core/event.ts';
import { addCounts, type FamilyCounts } from '../../core/family.ts';
import type { Json } from '../../core/json.ts';
import { gapEvent, type Gap } from '../gap.ts';
import type { SourceBatch } from '../source.ts';
import type { ReadStep } from './tail.ts';

/** A backlog is committed in pieces of this many events or bytes: a commit costs as much as some hundred lines that are no events. */
const batchEventsMin = 250;
const batchBytesMax = 8 * 1024 * 1024;

/** What was read of any number of logs and is not committed yet. */
export class Pending {
  readonly #clock: Clock;
  readonly #log: Logger;
  #events: Event[] = [];
  #counts: FamilyCounts = {};
  #newest: number | undefined;
  #checkpoints = new Map<string, Json>();
  #bytes = 0;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Worth a commit of its own. */
  get isLarge(): boolean {
    return this.#events.length >= batchEventsMin || this.#bytes >= batchBytesMax;
  }

  /** How much of the logs was read for it. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#checkpoints.size === 0;
  }

  add(path: string, { decoded, gap, checkpoint, bytes }: ReadStep): void {
    for (const event of decoded.events) this.#events.push(event);
    if (gap !== undefined) this.#lose(gap);
    addCounts(this.#counts, decoded.counts);
    this.#newest = Math.max(decoded.newest ?? 0, this.#newest ?? 0) || undefined;
    this.#bytes += bytes;
    this.#checkpoints.set(path, checkpoint);
  }

  /** Where a log is read from before anything of it is; `null` forgets one. */
  start(path: string, checkpoint: Json): void {
    this.#checkpoints.set(path, checkpoint);
  }

  /** A log of which nothing is left. */
  end(path: string, gap: Gap): void {
    this.#lose(gap);
    this.#checkpoints.set(path, null);
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

  #lose(gap: Gap): void {
    const { path, reason, fromMs, untilMs } = gap;
    this.#events.push(gapEvent(gap, this.#clock.now()));
    this.#log.error({ path, reason, from: isoTime(fromMs), until: isoTime(untilMs) }, 'lines of this log are lost');
  }
}

function isoTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
