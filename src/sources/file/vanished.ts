import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.ts';
import type { Json } from '../../core/json.ts';
import { pathOf, readCheckpoint, type Checkpoint } from './checkpoint.ts';
import { orMissing, statOrMissing } from './errno.ts';
import { hasFiles } from './log-files.ts';
import { gapIn } from './lost.ts';
import type { Pending } from './pending.ts';

export interface VanishedDeps {
  readonly source: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly pending: Pending;
}

/** A file system that is mounted late brings its logs back within this time. */
const patienceMs = 60_000;

/**
 * Logs whose checkpoint leads nowhere, for example because they were removed while herald was not running. After a while the
 * checkpoint is given up, and lines that were certainly there and not read become a gap.
 */
export class Vanished {
  readonly #deps: VanishedDeps;
  /** When a log was first seen to be missing, monotonic. */
  readonly #since = new Map<string, number>();

  constructor(deps: VanishedDeps) {
    this.#deps = deps;
  }

  /** It is there. */
  forget(path: string): void {
    this.#since.delete(path);
  }

  /** Looks after a log that is missing; true when it is given up. `isRead` when its last byte is known to have been read. */
  async look(path: string, saved: Json, isRead: boolean): Promise<boolean> {
    const { source, clock, log, pending } = this.#deps;
    const nowMs = clock.monotonic();
    const sinceMs = this.#since.get(path) ?? nowMs;
    this.#since.set(path, sinceMs);
    if (nowMs - sinceMs < patienceMs) return false;
    const checkpoint = readCheckpoint(saved);
    // As long as there are files of a log that was read to its end, its checkpoint keeps them from being read again.
    if (checkpoint?.done === true && (await orMissing(hasFiles(pathOf(checkpoint)))) === true) return false;
    this.#since.delete(path);
    const isQuiet = isRead || checkpoint === undefined || checkpoint.done;
    if (!isQuiet && (await isLossCertain(checkpoint)))
      pending.end(path, gapIn(path, source, 'removed', checkpoint.newest, '', checkpoint.point.next));
    else {
      if (!isQuiet)
        log.warn({ path, newest: checkpoint.newest }, 'this log is gone; whether all of it was read is not known');
      pending.start(path, null);
    }
    return true;
  }
}

/**
 * The checkpoint saw unread lines, or the folder is still there: a pod's or a container's goes with it, so the container went on
 * and wrote to other logs.
 */
async function isLossCertain(checkpoint: Checkpoint): Promise<boolean> {
  if (checkpoint.hasMore) return true;
  return (await statOrMissing(dirname(pathOf(checkpoint))).catch(() => undefined)) !== undefined;
}
