import { lossless } from '../batch/failures.ts';
import type { Failure, FailureOutcome, Guide } from '../destination.ts';
import type { Reason } from '../../core/delivery.ts';

/** What the page of `elasticsearch` says. */
export const guide: Guide = {
  notes: [
    'Events go through the bulk interface as `create`, the only operation that a data stream takes. Elasticsearch 7.17 to 9 and OpenSearch 2 and 3 are written to in the same way; OpenSearch wants `username` and `password`.',
    '`@timestamp` is when it happened in authentik. `format: ecs` is the Elastic Common Schema; other formats get an `@timestamp` beside their own keys.',
    'Requests to Amazon OpenSearch are not signed (SigV4): use its internal users, or a proxy that signs.',
  ],
  order:
    'Not kept: up to three requests are under way at once (`concurrency`), each with up to 2,000 events or 5 MB in order. Searches sort by `@timestamp`. After a failure one at a time goes out, the oldest first, until one is taken.',
  idempotency:
    "`_id` is the delivery's key. A delivery that came twice gets 409 for the second one, which herald counts as delivered. In a data stream that holds until it rolls over: the new backing index does not know the ids of the old one.",
  limits: [
    'herald sends at most 5 MB in a request, before compression; the smallest hosted clusters take 10 MB.',
    'An event of more than 1 MB is shortened, its longest texts first.',
  ],
  failures: [
    item(409, 'version_conflict_engine_exception', '', 'It is there already.', 'delivered', undefined),
    item(
      429,
      'es_rejected_execution_exception',
      '',
      'The cluster has no room in its queue. Only these items are sent again.',
      'retried',
      'throttled',
    ),
    item(
      503,
      'unavailable_shards_exception',
      '',
      'A shard is not there. Only these items are sent again.',
      'retried',
      'unavailable',
    ),
    item(
      400,
      'document_parsing_exception',
      '',
      'The mapping does not take the event, most often because a field has another type: install the template of `herald setup`.',
      'item by item',
      'invalid',
    ),
    item(
      400,
      'validation_exception',
      'this action would add [2] shards',
      'The cluster has as many shards as it may have.',
      'retried',
      'unavailable',
    ),
    item(
      400,
      'illegal_argument_exception',
      'pipeline with id [x] does not exist',
      'Check `pipeline`.',
      'held',
      'not_found',
    ),
    item(
      403,
      'security_exception',
      '',
      'The key or user may not write there: it needs `create_doc` and `auto_configure`.',
      'held',
      'unauthorized',
    ),
    item(
      403,
      'cluster_block_exception',
      '',
      'The index is read-only, most often because the disk is nearly full.',
      'held',
      'unauthorized',
    ),
    item(
      404,
      'index_not_found_exception',
      '',
      'There is no such index and the cluster creates none: install the template of `herald setup`.',
      'held',
      'not_found',
    ),
    ...lossless,
  ],
};

function item(
  status: number,
  type: string,
  reason: string,
  meaning: string,
  outcome: FailureOutcome,
  why: Reason | undefined,
): Failure {
  const body = JSON.stringify({ errors: true, items: [{ create: { status, error: { type, reason } } }] });
  const when = `item ${status} ${type}${reason === '' ? '' : `: ${reason}`}`;
  return { when, meaning, outcome, reason: why, sample: { status: 200, body } };
}
