import type { Logger } from 'pino';
import type { Clock } from '../core/clock.ts';
import type { Reason } from '../core/delivery.ts';

/** Tells the log what was given up: a new reason at once, the same one again at most once a minute, and every delivery in some count. */
export interface GivenUp {
  add(count: number, reason: Reason | undefined, detail: string | undefined): void;
  /** Tells what is not told yet. */
  flush(): void;
}

const tellMs = 60_000;

/** A hook that is gone gives up every event: the log of it must not be longer than that of the events. */
export function createGivenUp(destination: string, clock: Clock, log: Logger): GivenUp {
  let count = 0;
  let last: { readonly reason: Reason | undefined; readonly detail: string | undefined } | undefined;
  let toldMs = 0;
  return { add, flush };

  function add(more: number, reason: Reason | undefined, detail: string | undefined): void {
    const fresh = last?.reason !== reason;
    if (fresh) flush();
    count += more;
    last = { reason, detail };
    if (fresh || clock.monotonic() - toldMs >= tellMs) flush();
  }

  function flush(): void {
    if (count === 0) return;
    log.error({ destination, ...last, count }, 'given up');
    count = 0;
    toldMs = clock.monotonic();
  }
}
