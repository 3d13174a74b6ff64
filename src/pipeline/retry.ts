import type { Backoff } from '../core/backoff.ts';

export interface RetryPolicy extends Backoff {
  /** Deliveries of events older than this are given up; undefined never does. */
  readonly maxAgeMs: number | undefined;
}
