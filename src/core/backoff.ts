import type { Random } from './clock.ts';

/** Ceilings of the waits between attempts: the first, and that which no wait exceeds. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait after failed attempt number `attempt` (from 1): full jitter under an exponential ceiling, or what the
 * service asked for when that is longer, plus up to a tenth of it so that several copies do not come back at once.
 */
export function retryWaitMs(policy: Backoff, attempt: number, askedMs: number | undefined, random: Random): number {
  const ceiling = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30));
  const jittered = Math.max(1, Math.round(random() * ceiling));
  return askedMs === undefined ? jittered : Math.max(jittered, Math.round(askedMs * (1 + random() / 10)));
}
