import type { Guide } from './destination.ts';
import { batchFailures, connectionFailures, httpFailures } from './http-failures.ts';

/** What the page of `webhook` says. */
export const guide: Guide = {
  notes: [
    'Any 2xx is success; the body of the answer is not looked at.',
    'With `signing_secret` every request is signed as [Standard Webhooks](https://www.standardwebhooks.com) says: `webhook-id`, `webhook-timestamp` and `webhook-signature`, made over the body before compression.',
  ],
  order: 'Kept. One request is under way at a time; with `encoding: ndjson` or `array` it carries up to 1,000 events.',
  idempotency:
    "The header `webhook-id` is the same on every attempt: the delivery's key, or for a batch a hash of its keys. The `herald` format also has `key` with each event.",
  limits: [
    'herald sends at most 1 MiB of events in one request; `batch` makes it less.',
    'Of an answer 64 KiB are read.',
  ],
  failures: [...httpFailures, ...batchFailures({ encoding: 'ndjson' }), ...connectionFailures],
};
