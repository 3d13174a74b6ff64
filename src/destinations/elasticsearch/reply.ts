import type { ItemResult, SendResult } from '../../core/delivery.ts';
import { asObject, asText, get, type JsonObject } from '../../core/json.ts';
import { shortText } from '../../net/classify.ts';
import type { HttpFailure, HttpReply } from '../../net/http.ts';
import { jsonBody } from '../../net/json-body.ts';
import { classifyBatch, fold } from '../batch/reply.ts';

/** What a bulk answer means: HTTP 200 says only that it was read, each item has a status of its own. */
export function classifyBulk(reply: HttpReply | HttpFailure, nowMs: number, count: number): SendResult {
  if (reply.kind === 'failure' || reply.status !== 200) return classifyBatch(reply, nowMs, count);
  const body = jsonBody(reply.body);
  if (get(body, 'errors') === false) return { status: 'delivered' };
  const items = get(body, 'items');
  if (!Array.isArray(items) || items.length !== count) {
    return { status: 'retry', reason: 'protocol', detail: 'HTTP 200: not an answer of the bulk interface' };
  }
  return fold(items.map((item) => resultOf(asObject(get(asObject(item), 'create')))));
}

/** Errors with status 400 that are about the cluster and not about the event. */
const clusterErrors: ReadonlySet<string> = new Set([
  'index_closed_exception',
  'invalid_index_name_exception',
  // No room for another shard.
  'validation_exception',
  'no_shard_available_action_exception',
]);

function resultOf(item: JsonObject | undefined): ItemResult {
  const status = get(item, 'status');
  if (typeof status !== 'number') return { status: 'retry', reason: 'protocol', detail: 'an item without a status' };
  // Written, or written by an attempt whose answer got lost: the id is the delivery's own.
  if ((status >= 200 && status <= 299) || status === 409) return { status: 'delivered' };
  const error = asObject(get(item, 'error'));
  const type = asText(get(error, 'type')) ?? '';
  const why = asText(get(error, 'reason')) ?? '';
  const detail = shortText(`item ${status}: ${type}: ${why}`);
  if (status === 429) return { status: 'retry', reason: 'throttled', detail };
  if (status >= 500) return { status: 'retry', reason: 'unavailable', detail };
  if (status === 401 || status === 403) return { status: 'retry', reason: 'unauthorized', detail };
  if (status === 404) return { status: 'retry', reason: 'not_found', detail };
  if (clusterErrors.has(type)) return { status: 'retry', reason: 'unavailable', detail };
  if (/^pipeline with id .* does not exist/.test(why)) return { status: 'retry', reason: 'not_found', detail };
  return { status: 'rejected', reason: status === 413 ? 'too_large' : 'invalid', detail };
}
