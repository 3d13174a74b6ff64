import type { Clock } from '../core/clock.ts';
import { failureOf } from './failure.ts';
import type { HttpFailure } from './http.ts';

/** What limits one attempt. */
export interface Bounds {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const ended = new Error('the attempt has ended');
const aborted: HttpFailure = { kind: 'failure', reason: 'unavailable', detail: 'aborted' };
const timedOut: HttpFailure = { kind: 'failure', reason: 'timeout', detail: 'no complete answer in time' };

/**
 * Ends by itself, by the deadline or by the caller's signal, whichever is first, and always resolves. `work` gets a signal
 * of its own that aborts when the attempt has ended, so that what is left of it can be cut off.
 */
export function bounded<T>(bounds: Bounds, work: (cut: AbortSignal) => Promise<T>): Promise<T | HttpFailure> {
  const { signal, clock, timeoutMs } = bounds;
  if (signal.aborted) return Promise.resolve(aborted);
  return new Promise((resolve) => {
    // The caller's long-lived signal carries one listener, removed below; whatever libraries add goes to this one.
    const cut = new AbortController();
    const settle = (outcome: T | HttpFailure): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(outcome);
      cut.abort(ended);
    };
    const onAbort = (): void => {
      settle(aborted);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    void clock.sleep(timeoutMs, cut.signal).then(() => {
      if (!cut.signal.aborted) settle(timedOut);
    });
    work(cut.signal).then(settle, (error: unknown) => {
      settle(failureOf(error));
    });
  });
}
