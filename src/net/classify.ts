import type { Reason, SendResult } from '../core/delivery.ts';
import { asObject, asText, get } from '../core/json.ts';
import { redactText } from '../redact/text.ts';
import { cut } from '../render/cut.ts';
import { visible } from '../render/visible.ts';
import type { HttpFailure, HttpReply } from './http.ts';
import { jsonBody } from './json-body.ts';

const retryAfterMsMax = 3_600_000;
/** How long to hold what only people can repair (tokens, hooks, names of indexes) before asking again. */
const heldMs = 120_000;
const detailCharsMax = 200;

/** What a destination's answer means, where the service has no words of its own. `batchSize` is how many deliveries the request carried. */
export function classifyReply(reply: HttpReply | HttpFailure, nowMs: number, batchSize = 1): SendResult {
  if (reply.kind === 'failure') return { status: 'retry', reason: reply.reason, detail: reply.detail };
  const { status } = reply;
  if (status >= 200 && status <= 299) return { status: 'delivered' };
  const detail = describeReply(reply);
  if (status >= 300 && status <= 399) return { status: 'rejected', reason: 'redirect', detail };
  if (status === 401 || status === 403) {
    const afterMs = Math.max(retryAfterMs(reply.headers['retry-after'], nowMs) ?? 0, heldMs);
    return { ...held(detail), afterMs };
  }
  if (status === 404 || status === 410) return { status: 'rejected', reason: 'not_found', detail };
  if (status === 413) {
    return batchSize > 1
      ? { status: 'retry', reason: 'too_large', split: true, detail }
      : { status: 'rejected', reason: 'too_large', detail };
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const afterMs = retryAfterMs(reply.headers['retry-after'], nowMs);
    const reason = status === 429 ? 'throttled' : status === 408 ? 'timeout' : 'unavailable';
    return { status: 'retry', reason, detail, ...(afterMs !== undefined && { afterMs }) };
  }
  return { status: 'rejected', reason: 'invalid', detail };
}

/** What people must repair (we are not let in, it is switched off, there is no such index): asked again slowly, and nothing is given up meanwhile. */
export function held(detail: string, reason: Reason = 'unauthorized'): Extract<SendResult, { status: 'retry' }> {
  return { status: 'retry', reason, afterMs: heldMs, detail };
}

/** `HTTP 400: <start of the body>` for people: one line, at most 200 characters of the answer. */
export function describeReply(reply: HttpReply): string {
  const body = shortText(errorText(reply.body));
  return body === '' ? `HTTP ${reply.status}` : `HTTP ${reply.status}: ${body}`;
}

/** `{"error": {"code": …, "message": …}}` in words; the masking of credentials would take a code for one. */
function errorText(body: string): string {
  const error = asObject(get(jsonBody(body), 'error'));
  const code = asText(get(error, 'code'));
  if (code === undefined || !/^[A-Z]\w{2,60}$/i.test(code)) return body;
  return [code, asText(get(error, 'message')) ?? ''].join(' ');
}

/** The start of a foreign text on one line for people: credentials masked, nothing hidden. */
export function shortText(text: string): string {
  const line = redactText(text.slice(0, detailCharsMax * 10))
    .replaceAll(/\s+/g, ' ')
    .trim();
  return cut(visible(line), detailCharsMax);
}

/** Milliseconds of a `Retry-After` header (seconds, decimals allowed, or an HTTP date), from 0 to an hour; undefined when there is none or it is neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), retryAfterMsMax);
  // Date.parse takes far more than HTTP dates: `-5` would be a month.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at - nowMs, 0), retryAfterMsMax);
}
