import type { Logger } from 'pino';
import type { Clock, Random } from '../core/clock.ts';
import { OperationalError } from '../core/errors.ts';
import { retryWaitMs } from '../core/backoff.ts';

export interface SuperviseDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Told what is wrong, and undefined when it has run well for a while again or has ended. */
  readonly onState: (trouble: string | undefined) => void;
  /** Once this aborts nothing waits any more: the part is tried one last time. */
  readonly hurry?: AbortSignal;
}

/** Short, because while a source waits its log is rotated away, and whoever frees a disk wants to see it. */
const policy = { baseMs: 1000, maxMs: 10_000, maxAgeMs: undefined };
/** A run is in the trouble of the one before until it has lasted this long: on a full disk each one reads before it may not write. */
const recoveredMs = 5000;
/** A run that lasted this long was a good one: the next failure starts at the shortest wait. */
const settledMs = 60_000;

/**
 * Runs a part until it ends by itself or the signal aborts, and again after a growing wait whenever the world refuses
 * (OperationalError). Anything else is our bug and ends the program.
 */
export async function supervise(run: () => Promise<void>, signal: AbortSignal, deps: SuperviseDeps): Promise<void> {
  const { clock, random, log, onState, hurry } = deps;
  for (let attempt = 1, last = false; !signal.aborted && !last; attempt += 1) {
    last = hurry?.aborted === true;
    const startedMs = clock.monotonic();
    try {
      await attend(run, deps);
      break;
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      if (clock.monotonic() - startedMs > settledMs) attempt = 1;
      const waitMs = retryWaitMs(policy, attempt, undefined, random);
      onState(`${error.code}: ${error.message}`);
      log.error({ code: error.code, wait_ms: waitMs }, error.message);
      await clock.sleep(waitMs, hurry ?? signal);
    }
  }
  // It is done or not wanted any more, so nothing is wrong with it.
  onState(undefined);
}

async function attend(run: () => Promise<void>, { clock, onState }: SuperviseDeps): Promise<void> {
  const ended = new AbortController();
  void clock.sleep(recoveredMs, ended.signal).then(() => {
    if (!ended.signal.aborted) onState(undefined);
  });
  try {
    await run();
  } finally {
    ended.abort();
  }
}
