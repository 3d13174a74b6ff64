import { lossless } from '../batch/failures.ts';
import type { Guide } from '../destination.ts';

/** What the page of `loki` says. */
export const guide: Guide = {
  notes: [
    'A line is the event in the chosen format, its time is when it happened. Labels have few values: those of the configuration, and of `event_labels` the action (one that authentik does not know is `custom` or `other`), the severity and the rule. User, address and ids change with every event, so they are structured metadata: `{job="authentik"} | user="ada"`.',
    'Grafana Cloud: `username` is the number of the stack, `password` its token.',
  ],
  order:
    'Kept, and sorted by time in each stream of a request. One request is under way at a time, with up to 2,000 events or 2 MB: Loki refuses for good what comes an hour behind the newest of its stream, which a request that is repeated may do when others overtook it. If that cannot happen to you, `concurrency` lets more be under way.',
  idempotency:
    'Loki drops an entry that it has with the same stream, time and line. A delivery is written alike on every attempt.',
  limits: [
    'herald sends at most 2 MB in a request, before compression.',
    'A line of more than 256 KiB (`max_line_size`) is shortened, its longest texts first.',
    'Loki refuses what is older than `reject_old_samples_max_age` (a week) or an hour behind the newest of its stream. A time more than ten minutes ahead (`creation_grace_period`) becomes the present.',
  ],
  failures: [
    {
      when: '400 timestamp too old, too far behind',
      meaning:
        'Entries older than Loki takes become dead letters, the others are stored. For a back-fill raise `reject_old_samples_max_age` and `max_chunk_age`.',
      outcome: 'item by item',
      reason: 'expired',
      sample: {
        status: 400,
        body: 'entry for stream \'{job="authentik"}\' has timestamp too old: 2026-01-15T09:00:00Z, oldest acceptable timestamp is: 2026-11-15T03:07:18Z',
      },
    },
    {
      when: '400 structured metadata is disallowed',
      meaning: 'Set `allow_structured_metadata` in Loki, or `structured_metadata: false` here.',
      outcome: 'held',
      reason: 'invalid',
      sample: {
        status: 400,
        body: 'stream \'{job="authentik"}\' includes structured metadata, but this feature is disallowed. Please see `limits_config.allow_structured_metadata` or contact your Loki administrator to enable it',
      },
    },
    {
      when: '260',
      meaning:
        'An operator blocks the tenant (`block_ingestion_until`) with a code that looks like success. Nothing was stored.',
      outcome: 'held',
      reason: 'unavailable',
      sample: { status: 260, body: 'ingestion blocked for user security until 2026-12-01T00:00:00Z' },
    },
    {
      when: '401 no org id',
      meaning: 'Loki has tenants: set `tenant`.',
      outcome: 'held',
      reason: 'unauthorized',
      sample: { status: 401, body: 'no org id' },
    },
    ...lossless,
  ],
};
