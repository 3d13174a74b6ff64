import type { Clock } from '../core/clock.ts';

const msMin = 4;
const msMax = 250;
const turns = 4;

/**
 * Waits for as long as the far end needs to refuse what was just written: two round trips, in several turns, so that its word
 * is heard also when this process was busy. Ends early, with the problem, when `problem` has one.
 */
export async function settle(
  roundTripMs: number,
  problem: () => Error | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const ms = Math.min(Math.max(2 * roundTripMs, msMin), msMax) / turns;
  for (let turn = 0; turn < turns; turn += 1) {
    await clock.sleep(ms, signal);
    const found = problem();
    if (found !== undefined) throw found;
  }
}
