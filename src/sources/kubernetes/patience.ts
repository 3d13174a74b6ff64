import type { Logger } from 'pino';
import { retryWaitMs } from '../../core/backoff.ts';
import type { Random } from '../../core/clock.ts';

/** How long to wait before one thing is tried again. Says once what is wrong, once more when that changes, and when it is over. */
export interface Patience {
  /** It went wrong for this reason. Returns the wait in ms: growing, with full jitter, and at least what the server asked for. */
  failed(why: string, afterMs?: number): number;
  /** It came to nothing, and nothing is wrong. Returns the wait in ms. */
  idle(): number;
  /** It is not wrong any more. */
  recovered(): void;
  /** The next wait is a short one. */
  reset(): void;
}

const policy = { baseMs: 500, maxMs: 30_000 };

/** `about` goes into every line of the log. */
export function createPatience(random: Random, log: Logger, about: object): Patience {
  let attempts = 0;
  let said: string | undefined;
  const waitMs = (afterMs?: number): number => {
    attempts += 1;
    return retryWaitMs(policy, attempts, afterMs, random);
  };
  return {
    failed(why, afterMs) {
      if (why !== said) log.warn(about, `${why}; trying again`);
      said = why;
      return waitMs(afterMs);
    },
    idle: () => waitMs(),
    recovered() {
      if (said !== undefined) log.info(about, 'it works again');
      said = undefined;
    },
    reset() {
      attempts = 0;
    },
  };
}
