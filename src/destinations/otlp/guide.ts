import { connectionFailures } from '../http-failures.ts';
import type { Guide } from '../destination.ts';

/** What the page of `otlp` says. */
export const guide: Guide = {
  notes: [
    "For an OpenTelemetry Collector, Grafana Alloy, and every service that takes OTLP over HTTP. A record has the time of the event, its severity on OpenTelemetry's scale (`notice` 10, `warning` 13, `alert` 19), the event as text in `body`, and what one searches for as attributes by the semantic conventions: `user.name`, `client.address`, `url.path`, `user_agent.original`, `exception.type`.",
    'The resource is authentik; in Kubernetes it has the namespace, pod and container that the event was logged by.',
    'Retries follow the specification of OTLP, with one exception: 401, 403 and 404 are held instead of given up, because people repair them and an audit event is worth waiting.',
  ],
  order:
    'Not kept: up to three requests are under way at once (`concurrency`), each with up to 2,000 events or 4 MB in order. A record has its time. After a failure one at a time goes out, the oldest first, until one is taken.',
  idempotency:
    'OTLP knows no duplicates. The attribute `log.record.uid` is the same on every attempt; by the semantic conventions records with the same one are the same record.',
  limits: [
    'herald sends at most 4 MB in a request, before compression; receivers must take 64 MiB.',
    'A record of more than 1 MB is shortened, its longest texts first.',
  ],
  failures: [
    {
      when: '200 with `partialSuccess`',
      meaning:
        'The receiver refused some of the records and does not say which. They must not be sent again; herald logs how many and why.',
      outcome: 'delivered',
      reason: undefined,
      sample: {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"attribute limit"}}',
      },
    },
    {
      when: '429',
      meaning: 'Too many requests. herald waits as long as `Retry-After` says, at most an hour.',
      outcome: 'retried',
      reason: 'throttled',
      sample: { status: 429, headers: { 'retry-after': '7' } },
    },
    {
      when: '502, 503, 504',
      meaning: 'The receiver is not there, or has no room. A `Retry-After` is heeded.',
      outcome: 'retried',
      reason: 'unavailable',
      sample: { status: 503, headers: { 'retry-after': '7' } },
    },
    {
      when: '401, 403',
      meaning: 'The credentials or `headers` are wrong. Nothing is given up while it is repaired.',
      outcome: 'held',
      reason: 'unauthorized',
      sample: { status: 401 },
    },
    {
      when: '404',
      meaning: 'Nothing takes logs there: check `url`, and that the receiver has a pipeline for logs.',
      outcome: 'held',
      reason: 'not_found',
      sample: { status: 404 },
    },
    {
      when: '413',
      meaning: 'One record is larger than the receiver takes.',
      outcome: 'dead letter',
      reason: 'too_large',
      sample: { status: 413 },
    },
    {
      when: '413 to several records',
      meaning: 'Halves until they fit.',
      outcome: 'split',
      reason: 'too_large',
      sample: { status: 413, batch: 2 },
    },
    {
      when: 'any other 4xx or 5xx, also 408 and 500',
      meaning: 'The specification forbids to send the same request again.',
      outcome: 'dead letter',
      reason: 'invalid',
      sample: { status: 500, body: 'no' },
    },
    {
      when: 'the same to several records',
      meaning: 'Halves until the record is found that the receiver does not take.',
      outcome: 'split',
      reason: 'invalid',
      sample: { status: 400, body: 'invalid', batch: 2 },
    },
    {
      when: '410',
      meaning: 'The address is gone for good.',
      outcome: 'dead letter',
      reason: 'not_found',
      sample: { status: 410 },
    },
    {
      when: '3xx',
      meaning: 'The receiver is elsewhere. Redirects are never followed: put the new address into `url`.',
      outcome: 'dead letter',
      reason: 'redirect',
      sample: { status: 301, headers: { location: 'https://elsewhere.example/' } },
    },
    {
      when: 'another 2xx, or a page',
      meaning: 'Not an answer of OTLP: a proxy or a log-in page is in between.',
      outcome: 'retried',
      reason: 'protocol',
      sample: { status: 200, body: '<html>' },
    },
    ...connectionFailures,
  ],
};
