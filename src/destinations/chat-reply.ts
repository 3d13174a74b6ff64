import type { SendResult } from '../core/delivery.ts';
import type { JsonObject } from '../core/json.ts';
import { classifyReply, describeReply } from '../net/classify.ts';
import type { HttpFailure, HttpReply } from '../net/http.ts';
import { jsonBody } from '../net/json-body.ts';

const afterMsMax = 3_600_000;

/**
 * What a chat service answered. Slack says `ok`, Discord the message, others nothing; a page in HTML comes from something
 * else on the way. A throttling answer may carry its seconds in the body, there more exactly than in the header.
 */
export function classifyChat(reply: HttpReply | HttpFailure, nowMs: number): SendResult {
  const result = classifyReply(reply, nowMs);
  if (reply.kind === 'failure') return result;
  const body = jsonBody(reply.body);
  if (result.status === 'delivered') return accepted(reply, body);
  if (result.status !== 'retry' || result.reason !== 'throttled') return result;
  const afterMs = bodyRetryAfterMs(body);
  return afterMs === undefined ? result : { ...result, afterMs };
}

/** Milliseconds of the `retry_after` that chat services put into the body in seconds, at most an hour. */
function bodyRetryAfterMs(body: JsonObject | undefined): number | undefined {
  const seconds = body?.retry_after;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return undefined;
  return Math.min(Math.ceil(seconds * 1000), afterMsMax);
}

function accepted(reply: HttpReply, body: JsonObject | undefined): SendResult {
  const detail = describeReply(reply);
  if (body?.ok === false) {
    const afterMs = bodyRetryAfterMs(body);
    return body.error === 'rate_limited' || body.error === 'ratelimited'
      ? { status: 'retry', reason: 'throttled', detail, ...(afterMs !== undefined && { afterMs }) }
      : { status: 'rejected', reason: 'invalid', detail };
  }
  return reply.body.trimStart().startsWith('<')
    ? { status: 'retry', reason: 'protocol', detail: `HTTP ${reply.status}: a page instead of an answer` }
    : { status: 'delivered' };
}
