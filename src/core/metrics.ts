import type { Family } from './family.ts';
import type { Reason } from './delivery.ts';

/**
 * What the pipeline reports. Labels are names from the configuration and closed sets, never text from events.
 * `server/metrics.ts` turns this into the Prometheus page.
 */
export interface Metrics {
  lines(source: string, family: Family, count: number): void;
  lagBytes(source: string, bytes: number): void;
  /** Age of the newest line read, in seconds, when it was read. */
  lagSeconds(source: string, seconds: number): void;
  /** `known` for an action of authentik's list, `custom` for `custom_*`, else `unknown`. */
  events(actionClass: 'known' | 'custom' | 'unknown', count: number): void;
  duplicates(source: string, count: number): void;
  /** Stretches of lines that can never be read any more. */
  gaps(source: string, count: number): void;
  redactions(kind: string, count: number): void;
  ruleMatches(rule: string, count: number): void;
  ruleErrors(rule: string, count: number): void;
  /** Keys that a rule forgot for room. */
  ruleKeysEvicted(rule: string, count: number): void;
  /** Notifications that were held back. `reason` is a closed set: silence, inactive, limit, suppress, group. */
  suppressed(rule: string, reason: string, count: number): void;
  deliveries(
    destination: string,
    outcome: 'delivered' | 'retry' | 'dead' | 'shed',
    reason: Reason | '',
    count: number,
  ): void;
  /** Seconds from the event's own time to its acceptance by the destination. */
  deliveryLatency(destination: string, seconds: number): void;
  journalFullSeconds(seconds: number): void;
}
