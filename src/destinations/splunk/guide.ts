import { lossless } from '../batch/failures.ts';
import type { Failure, FailureOutcome, Guide } from '../destination.ts';
import type { Reason } from '../../core/delivery.ts';

/** What the page of `splunk_hec` says. */
export const guide: Guide = {
  notes: [
    "Events go to `/services/collector/event` with their own time, so Splunk's `_time` is when it happened in authentik, however late it arrives.",
    'Without `ack` a success says that Splunk has the events in its queue. With `ack: true` an attempt is over when the indexers have written them; herald asks for that with a channel of its own that stays the same after a restart. A load balancer in front must keep a client on one indexer, or the question goes to one that knows nothing.',
    '`format: ecs` and `format: ocsf` send the same event in those schemas under a source type of their own.',
  ],
  order:
    'Not kept: up to three requests are under way at once (`concurrency`), each with up to 2,000 events or 1 MB in order. Splunk sorts by the time of the events. After a failure one at a time goes out, the oldest first, until one is taken.',
  idempotency:
    'Splunk knows no duplicates: `key` in the event is the same on every attempt, so `| dedup key` hides a delivery that came twice.',
  limits: [
    'Splunk Cloud takes 1 MB in a request; herald fills them up to that, before compression.',
    'An event larger than that is shortened, its longest texts first.',
  ],
  failures: [
    row(403, 1, 'Token disabled', 'Enable the token in Splunk.', 'held', 'unauthorized'),
    row(
      401,
      2,
      'Token is required',
      'A proxy on the way took the `Authorization` header away.',
      'held',
      'unauthorized',
    ),
    row(
      401,
      3,
      'Invalid authorization',
      'A proxy on the way changed the `Authorization` header.',
      'held',
      'unauthorized',
    ),
    row(
      403,
      4,
      'Invalid token',
      'Splunk has no such token. Check `token`, and that `url` is the right Splunk.',
      'held',
      'unauthorized',
    ),
    {
      ...row(
        400,
        6,
        'Invalid data format',
        'Splunk names the event that it cannot read: those before it are taken, it becomes a dead letter, those behind it go out again at once.',
        'item by item',
        'invalid',
      ),
      sample: { status: 400, batch: 3, body: '{"text":"Invalid data format","code":6,"invalid-event-number":1}' },
    },
    row(
      400,
      7,
      'Incorrect index',
      'The token may not write to `index`, or there is none of that name.',
      'held',
      'not_found',
    ),
    row(500, 8, 'Internal server error', 'Splunk has a problem of its own.', 'retried', 'unavailable'),
    row(
      503,
      9,
      'Server is busy',
      'Queues are full. Where Splunk says how many events it took, only the others are sent again.',
      'retried',
      'unavailable',
    ),
    row(
      400,
      10,
      'Data channel is missing',
      'The token has indexer acknowledgement: set `ack: true`.',
      'held',
      'invalid',
    ),
    row(400, 11, 'Invalid data channel', 'Something on the way changed the channel.', 'held', 'invalid'),
    row(
      400,
      14,
      'ACK is disabled',
      'The token has no indexer acknowledgement: switch it on, or remove `ack`.',
      'held',
      'invalid',
    ),
    row(503, 18, 'HEC is unhealthy, queues are full', 'Splunk falls behind.', 'retried', 'unavailable'),
    row(503, 23, 'Server is shutting down', 'An indexer is restarted.', 'retried', 'unavailable'),
    row(
      200,
      24,
      'Queue is approaching capacity',
      'Taken, but Splunk begins to fall behind; herald logs it.',
      'delivered',
      undefined,
    ),
    row(429, 26, 'Queue at capacity', 'Splunk falls behind.', 'retried', 'throttled'),
    ...lossless,
  ],
};

function row(
  status: number,
  code: number,
  text: string,
  meaning: string,
  outcome: FailureOutcome,
  reason: Reason | undefined,
): Failure {
  return {
    when: `${status}, code ${code} ${text}`,
    meaning,
    outcome,
    reason,
    sample: { status, body: JSON.stringify({ text, code }) },
  };
}
