import type { DeliveryPolicy } from '../destinations/destination.ts';
import type { Verdict } from './settle.ts';

/**
 * What the outcomes teach about a destination: how many batches may be in flight, how large the next one is, when it may leave.
 *
 * A destination is *trusted*: as many batches as its policy says are in flight. An attempt that failed and is to be repeated
 * makes it *doubted*: nothing leaves until its wait is over and everything in flight has landed, then one small batch at a time, the
 * head of the queue first. The first that goes through makes it trusted again, if it left after the failure: one that left before
 * may have been taken before the trouble began.
 */
export interface Pace {
  /**
   * Most items of the next batch: halved when one is refused as a whole, doubled up to the policy's after a success. What a doubted
   * destination is asked with is no larger than {@link doubtedItemsMax}.
   */
  readonly itemsMax: number;
  /** Most batches in flight. */
  readonly flightsMax: number;
  /** How long nothing may leave yet, ms: the longest wait that was asked for counts, whichever batch it was asked for. */
  waitMs(monotonicMs: number): number;
  /** Takes note of a batch that leaves; what it returns comes back with what became of it. */
  leave(items: number): Departure;
  learn(departure: Departure, verdict: Verdict, monotonicMs: number): void;
  /** True for what left before the last failure: its success says nothing about the time after it. */
  isOutdated(departure: Departure): boolean;
}

export interface Departure {
  readonly items: number;
  /** How many failures there had been. */
  readonly failures: number;
}

/** Enough to learn whether a destination takes anything: to read and encode thousands for each attempt costs an outage 4 MB of memory. */
const doubtedItemsMax = 100;

export function createPace({ items, digest, concurrency = 1 }: DeliveryPolicy): Pace {
  let itemsMax = items;
  let failures = 0;
  let doubted = false;
  let resumesMs = -Infinity;

  function slowDown(departure: Departure, { shrink, digest: asked, waitMs }: Verdict, monotonicMs: number): void {
    failures += 1;
    doubted = true;
    // One that is in flight alone waits in the journal, at the head of its queue.
    if (concurrency > 1) resumesMs = Math.max(resumesMs, monotonicMs + waitMs);
    if (shrink) itemsMax = Math.max(1, Math.floor(departure.items / 2));
    else if (asked && digest > 1) itemsMax = digest;
  }

  function isOutdated(departure: Departure): boolean {
    return departure.failures < failures;
  }

  return {
    get itemsMax() {
      return doubted ? Math.min(itemsMax, doubtedItemsMax) : itemsMax;
    },
    get flightsMax() {
      return doubted ? 1 : concurrency;
    },
    waitMs: (monotonicMs) => Math.max(0, resumesMs - monotonicMs),
    leave: (count) => ({ items: count, failures }),
    learn(departure, verdict, monotonicMs) {
      if (verdict.failure?.retried === true) return slowDown(departure, verdict, monotonicMs);
      if (isOutdated(departure)) return;
      doubted = false;
      if (verdict.complete) itemsMax = Math.min(items, itemsMax * 2);
    },
    isOutdated,
  };
}
