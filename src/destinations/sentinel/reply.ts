import type { SendResult } from '../../core/delivery.ts';
import { asObject, asText, get } from '../../core/json.ts';
import { describeReply, held } from '../../net/classify.ts';
import type { HttpFailure, HttpReply } from '../../net/http.ts';
import { jsonBody } from '../../net/json-body.ts';
import { classifyBatch } from '../batch/reply.ts';

/** What an answer of the Logs Ingestion API means. */
export function classifyIngestion(reply: HttpReply | HttpFailure, nowMs: number, count: number): SendResult {
  if (reply.kind === 'failure') return classifyBatch(reply, nowMs, count);
  if (reply.status === 204) return { status: 'delivered' };
  const code = asText(get(asObject(get(jsonBody(reply.body), 'error')), 'code')) ?? '';
  // About the rule and not about the rows.
  if (reply.status === 400 && /stream|DataCollectionRule|ApiVersion/i.test(code))
    return held(describeReply(reply), 'not_found');
  return classifyBatch(reply, nowMs, count);
}
