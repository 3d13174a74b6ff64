import type { Json } from '../../core/json.ts';
import type { Event } from '../../core/event.ts';
import { addCounts, type FamilyCounts } from '../../core/family.ts';
import type { Decoded } from '../../decode/decoder.ts';
import type { SourceBatch } from '../source.ts';

/** Writes what many containers bring in few commits, because one costs the same for a line as for a thousand. */
export interface Commits {
  /**
   * Adds checkpoints and what was decoded on the way to them, from `bytes` bytes of lines. Resolves when there is room for more,
   * which may be before it is written. Never rejects: after a failed write nothing is written any more.
   */
  add(checkpoints: Iterable<readonly [key: string, value: Json]>, decoded?: Decoded, bytes?: number): Promise<void>;
  /** Resolves when all that was added is written, or nothing is written any more. */
  settled(): Promise<void>;
}

export interface CommitsDeps {
  readonly accept: (batch: SourceBatch) => Promise<void>;
  /** Ends it: nothing may be written after something that was not. */
  readonly stop: AbortSignal;
  /** Told what a write rejected with; is to abort `stop`. */
  readonly onFailure: (error: unknown) => void;
}

/** So many bytes of lines may wait for the commit under way; then reading stops. */
const waitingBytesMax = 1024 * 1024;

const nothing: Decoded = { events: [], counts: {}, newest: undefined };

export function createCommits({ accept, stop, onFailure }: CommitsDeps): Commits {
  let waiting = emptyBatch();
  let writing: Promise<void> | undefined;
  return {
    async add(checkpoints, { events, counts, newest } = nothing, bytes = 0) {
      if (stop.aborted) return;
      for (const event of events) waiting.events.push(event);
      addCounts(waiting.counts, counts);
      if (newest !== undefined) waiting.newest = Math.max(newest, waiting.newest ?? 0);
      for (const [key, value] of checkpoints) waiting.checkpoints.set(key, value);
      waiting.bytes += bytes;
      writing ??= write();
      if (waiting.bytes >= waitingBytesMax) await waiting.taken.promise;
    },
    settled: () => writing ?? Promise.resolve(),
  };

  /** Ends when nothing waits any more. */
  async function write(): Promise<void> {
    // What other containers bring at this very moment goes along.
    await Promise.resolve();
    try {
      while (waiting.checkpoints.size > 0 && !stop.aborted) {
        const batch = waiting;
        waiting = emptyBatch();
        batch.taken.resolve();
        await accept(batch);
      }
    } catch (error) {
      onFailure(error);
    }
    waiting.taken.resolve();
    writing = undefined;
  }
}

interface Waiting {
  readonly events: Event[];
  readonly counts: FamilyCounts;
  newest: number | undefined;
  readonly checkpoints: Map<string, Json>;
  bytes: number;
  /** Resolves when it is on its way, or never will be. */
  readonly taken: PromiseWithResolvers<void>;
}

function emptyBatch(): Waiting {
  return {
    events: [],
    counts: {},
    newest: undefined,
    checkpoints: new Map(),
    bytes: 0,
    taken: Promise.withResolvers(),
  };
}
