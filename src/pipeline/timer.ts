import type { Clock } from '../core/clock.ts';
import type { Inlet } from './inlet.ts';

const tickMs = 1000;

/** Asks the rules every second what time has made due: the end of a group's wait, an absence, what was held back. */
export async function runTimer(inlet: Inlet, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(tickMs, signal);
    if (!signal.aborted) await inlet.tick();
  }
}
