import type { Clock } from '../../core/clock.ts';

/** Wakes one sleeper early. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, at once when it has rung since the last call, after `ms`, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let hasRung = false;
  let sleeper: AbortController | undefined;
  return {
    ring() {
      hasRung = true;
      sleeper?.abort();
    },
    async wait(ms, signal) {
      if (!hasRung && !signal.aborted) {
        const own = new AbortController();
        const wake = (): void => own.abort();
        sleeper = own;
        signal.addEventListener('abort', wake, { once: true });
        await clock.sleep(ms, own.signal);
        signal.removeEventListener('abort', wake);
        sleeper = undefined;
      }
      hasRung = false;
    },
  };
}
