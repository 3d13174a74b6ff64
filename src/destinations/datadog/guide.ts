import { lossless } from '../batch/failures.ts';
import type { Guide } from '../destination.ts';

/** What the page of `datadog` says. */
export const guide: Guide = {
  notes: [
    "Logs have Datadog's reserved attributes (`ddsource`, `ddtags`, `hostname`, `service`, `status`, `timestamp`, `message`) and its standard ones (`usr`, `network.client`, `http`, `evt`, `error`), so that users, addresses and outcomes are facets. The whole event stands below `authentik`.",
    'Datadog accepts a request with 202 before it looks at the logs: what it drops later, it does not say.',
  ],
  order:
    'Not kept: up to three requests are under way at once (`concurrency`), each with up to 1,000 events or 5 MB in order. Datadog sorts by the time of the logs. After a failure one at a time goes out, the oldest first, until one is taken.',
  idempotency: 'Datadog knows no duplicates: `delivery_key` is the same on every attempt.',
  limits: [
    'Datadog takes 1,000 logs and 5 MB in a request, before compression.',
    'A log of more than 1 MB is shortened by herald, its longest texts first, because Datadog would cut it in the middle.',
    'Datadog drops logs that are more than 18 hours old or 2 hours ahead. `late_events` says what becomes of them; with `restamp` the time of the event stays in `authentik.at`.',
  ],
  failures: [
    {
      when: '400',
      meaning: 'Datadog cannot read the request.',
      outcome: 'dead letter',
      reason: 'invalid',
      sample: { status: 400, body: '{"errors":[{"detail":"Malformed payload","status":"400","title":"Bad Request"}]}' },
    },
    {
      when: '401, 403',
      meaning: 'The API key is unknown, or of another site: check `api_key` and `site`.',
      outcome: 'held',
      reason: 'unauthorized',
      sample: { status: 403, body: '{"errors":[{"detail":"API key is invalid","status":"403","title":"Forbidden"}]}' },
    },
    {
      when: 'an event older than 18 h, with `late_events: dead_letter`',
      meaning: 'It is not sent.',
      outcome: 'item by item',
      reason: 'expired',
      sample: { status: 202, body: '{}', options: { late_events: 'dead_letter' } },
    },
    ...lossless.filter(({ when }) => when !== '401, 403'),
  ],
};
