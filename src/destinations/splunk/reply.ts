import type { ItemResult, SendResult } from '../../core/delivery.ts';
import { unreachable } from '../../core/errors.ts';
import { asText, get } from '../../core/json.ts';
import { held, shortText } from '../../net/classify.ts';
import type { HttpFailure, HttpReply } from '../../net/http.ts';
import { jsonBody } from '../../net/json-body.ts';
import { again, classifyBatch } from '../batch/reply.ts';

/** What a code of the HTTP Event Collector means for the request. */
type Meaning = 'taken' | 'token' | 'event' | 'index' | 'setting' | 'busy' | 'throttled';

/** Codes of Splunk's "Troubleshoot HTTP Event Collector", possible answers. */
const meanings: ReadonlyMap<number, Meaning> = new Map([
  [0, 'taken'],
  [1, 'token'],
  [2, 'token'],
  [3, 'token'],
  [4, 'token'],
  [5, 'event'],
  [6, 'event'],
  [7, 'index'],
  [8, 'busy'],
  [9, 'busy'],
  [10, 'setting'],
  [11, 'setting'],
  [12, 'event'],
  [13, 'event'],
  [14, 'setting'],
  [15, 'event'],
  [16, 'token'],
  [18, 'busy'],
  [19, 'busy'],
  [20, 'busy'],
  [21, 'token'],
  [22, 'token'],
  [23, 'busy'],
  // A queue is filling up, but the events are in it.
  [24, 'taken'],
  [25, 'taken'],
  [26, 'throttled'],
  [27, 'throttled'],
]);

/** What an answer of the collector means. One without a code of its own is judged by its status. */
export function classifyHec(reply: HttpReply | HttpFailure, nowMs: number, count: number): SendResult {
  const body = reply.kind === 'reply' ? jsonBody(reply.body) : undefined;
  const given = get(body, 'code');
  const code = typeof given === 'number' ? given : -1;
  const meaning = meanings.get(code);
  if (reply.kind === 'failure' || meaning === undefined) return classifyBatch(reply, nowMs, count);
  const words = shortText(asText(get(body, 'text')) ?? '');
  const detail = `HTTP ${reply.status}: ${words} (code ${code})`;
  const taken = takenBefore(get(body, 'invalid-event-number'), count);
  switch (meaning) {
    case 'taken':
      return code === 0 ? { status: 'delivered' } : { status: 'delivered', detail };
    case 'token':
      return held(detail);
    case 'index':
      return held(detail, 'not_found');
    case 'setting':
      return held(detail, 'invalid');
    case 'busy':
      return after(taken ?? 0, count, again(reply, nowMs, 'unavailable', detail));
    case 'throttled':
      return after(taken ?? 0, count, again(reply, nowMs, 'throttled', detail));
    case 'event':
      return taken === undefined ? { status: 'rejected', reason: 'invalid', detail } : without(taken, count, detail);
    default:
      return unreachable(meaning);
  }
}

/** The id to ask for with `ack`; undefined when the token has no acknowledgement. */
export function ackIdOf(reply: HttpReply): number | undefined {
  const id = get(jsonBody(reply.body), 'ackId');
  return typeof id === 'number' ? id : undefined;
}

/** The collector reads a request event by event, and what is before the one it stopped at is taken. */
function takenBefore(number: unknown, count: number): number | undefined {
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < count ? number : undefined;
}

function after(taken: number, count: number, result: Extract<SendResult, { status: 'retry' }>): SendResult {
  if (taken === 0) return result;
  const { status, reason, detail = '' } = result;
  return items(count, (at) => (at < taken ? { status: 'delivered' } : { status, reason, detail }));
}

function without(bad: number, count: number, detail: string): SendResult {
  return items(count, (at) =>
    at < bad
      ? { status: 'delivered' }
      : at > bad
        ? { status: 'unsent' }
        : { status: 'rejected', reason: 'invalid', detail },
  );
}

function items(count: number, one: (at: number) => ItemResult): SendResult {
  return { status: 'partial', items: Array.from({ length: count }, (_, at) => one(at)) };
}
