import type { ItemResult, Reason, SendResult } from '../../core/delivery.ts';
import { classifyReply, describeReply, held, retryAfterMs } from '../../net/classify.ts';
import type { HttpFailure, HttpReply } from '../../net/http.ts';

/**
 * What an answer means to a destination that must lose nothing, where the service has no words of its own: as HTTP has it, but a
 * wrong address is held like a wrong token, because people repair both. Any 2xx that gets here is none that the service gives.
 */
export function classifyBatch(reply: HttpReply | HttpFailure, nowMs: number, count: number): SendResult {
  if (reply.kind === 'failure') return classifyReply(reply, nowMs, count);
  const result = classifyReply(reply, nowMs, count);
  if (reply.status === 404) return held(describeReply(reply), 'not_found');
  if (result.status !== 'delivered') return result;
  return { status: 'retry', reason: 'protocol', detail: `HTTP ${reply.status}: not an answer of the service` };
}

/** Asked again after a growing wait, or the one that the answer asks for. */
export function again(
  reply: HttpReply,
  nowMs: number,
  reason: Reason,
  detail: string,
): Extract<SendResult, { status: 'retry' }> {
  const afterMs = retryAfterMs(reply.headers['retry-after'], nowMs);
  return { status: 'retry', reason, detail, ...(afterMs !== undefined && { afterMs }) };
}

/** The results of a request's items as one: when none went through and all failed alike, the request failed as a whole. */
export function fold(items: readonly ItemResult[]): SendResult {
  const [first] = items;
  if (first === undefined || items.every(({ status }) => status === 'delivered')) return { status: 'delivered' };
  const alike =
    first.status === 'retry' && items.every((item) => item.status === 'retry' && item.reason === first.reason);
  if (!alike) return { status: 'partial', items };
  const slow = first.reason === 'unauthorized' || first.reason === 'not_found' || first.reason === 'invalid';
  return slow ? held(first.detail ?? '', first.reason) : first;
}
