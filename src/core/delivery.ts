import type { SafeEvent } from './event.ts';

/** authentik's severities, in rising order. */
export const severities = ['notice', 'warning', 'alert'] as const;
export type Severity = (typeof severities)[number];

/** A rule fired for an event: who gets it is decided, what it looks like is not. */
export interface Notification {
  readonly rule: string;
  readonly severity: Severity;
  readonly destinations: readonly string[];
}

/** One event of one rule for one destination. */
export interface Delivery {
  /** `<event id>.<8 hex digits of the rule>`: the same on every attempt and after every restart. The receiver's idempotency key. */
  readonly key: string;
  readonly event: SafeEvent;
  /** The event as JSON, where the journal has it at hand; saves writing it anew. */
  readonly bytes?: Uint8Array;
  /** The same as text, decoded once for all who read it. */
  readonly json?: string;
  /** The event's time, where the journal has it at hand; saves parsing the event for it. */
  readonly at?: number;
  readonly rule: string;
  readonly severity: Severity;
  /** How many attempts were made before this one. */
  readonly attempts: number;
}

/** Why a delivery did not go through: a closed set, fit for a metric label. */
export const reasons = [
  'throttled', // 429, or the service's own word for it
  'unavailable', // 5xx, 4xx SMTP, busy
  'timeout',
  'refused', // connection refused
  'reset', // connection lost in the middle
  'dns',
  'tls', // certificate or protocol
  'unauthorized', // 401, 403, SMTP 535: held and retried slowly, because tokens rotate
  'not_found', // 404, 410: wrong URL or removed hook
  'invalid', // the receiver calls the payload wrong
  'too_large',
  'redirect', // an answer that points elsewhere: never followed
  'protocol', // an answer that is none
  'expired', // older than the destination's maximum age
  'shed', // dropped because the journal was full and told to drop
  'io', // writing locally failed
] as const;
export type Reason = (typeof reasons)[number];

/** What became of one item of a `partial` batch. `unsent` is none: the request was full before it, or the receiver stopped ahead of it. */
export type ItemResult =
  | { readonly status: 'delivered' }
  | { readonly status: 'unsent' }
  | { readonly status: 'retry'; readonly reason: Reason; readonly detail?: string }
  | { readonly status: 'rejected'; readonly reason: Reason; readonly detail?: string };

/**
 * The outcome of one attempt, as a value. `detail` is for people: a short answer of the service, never a URL, a header or a secret.
 * `delivered.detail` and `partial.detail` say what is odd about a success (a mail that one of its recipients is refused for).
 * `retry.afterMs` is what the service asked for (`Retry-After`); `split` asks to try again with smaller batches.
 * `partial.items` has one result per delivery of the batch, in its order; at least one of them is not `unsent`.
 */
export type SendResult =
  | { readonly status: 'delivered'; readonly detail?: string }
  | {
      readonly status: 'retry';
      readonly reason: Reason;
      readonly afterMs?: number;
      readonly detail?: string;
      readonly split?: boolean;
    }
  | { readonly status: 'rejected'; readonly reason: Reason; readonly detail?: string }
  | { readonly status: 'partial'; readonly items: readonly ItemResult[]; readonly detail?: string };
