import { isObject, type JsonObject } from '../../../src/core/json.ts';
import { bodyText, strictJson } from './body.ts';
import type { ReceivedRequest, Reply, StandIn } from './http.ts';

export interface SplunkOptions {
  readonly token: string;
  readonly indexes?: readonly string[];
  /** The token has indexer acknowledgement, which comes with this question. */
  readonly ackAtPoll?: number;
}

export interface Splunk {
  readonly standIn: StandIn;
  /** What was taken, in order. */
  readonly events: readonly JsonObject[];
}

const bytesMax = 1_000_000;

/** Splunk's HTTP Event Collector, after "Format events for HTTP Event Collector" and "Troubleshoot HTTP Event Collector". */
export function createSplunk({ token, indexes, ackAtPoll }: SplunkOptions): Splunk {
  const events: JsonObject[] = [];
  const polls = new Map<string, number>();
  let nextAck = 0;

  function collect(request: ReceivedRequest): Reply {
    const channel = request.headers['x-splunk-request-channel'];
    if (ackAtPoll !== undefined && channel === undefined) return say(400, 10, 'Data channel is missing');
    if (channel !== undefined && !/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(channel)) {
      return say(400, 11, 'Invalid data channel');
    }
    const text = bodyText(request);
    if (text === undefined) return say(400, 6, 'Invalid data format', { 'invalid-event-number': 0 });
    if (Buffer.byteLength(text) > bytesMax) return { status: 413, body: 'Content-Length too large' };
    if (text.trim() === '') return say(400, 5, 'No data');
    for (const [number, part] of objectsOf(text).entries()) {
      const wrong = problemOf(strictJson(part), indexes);
      if (wrong !== undefined) return say(400, wrong[0], wrong[1], { 'invalid-event-number': number });
      // What is before the one that cannot be read is in the index.
      events.push(JSON.parse(part));
    }
    if (ackAtPoll === undefined) return say(200, 0, 'Success');
    polls.set(`${channel} ${nextAck}`, 0);
    return say(200, 0, 'Success', { ackId: nextAck++ });
  }

  function acknowledge(request: ReceivedRequest, channel: string | null): Reply {
    if (ackAtPoll === undefined) return say(400, 14, 'ACK is disabled');
    if (channel === null) return say(400, 10, 'Data channel is missing');
    const { acks }: { readonly acks: readonly number[] } = JSON.parse(request.body.toString());
    const answers = acks.map((id) => {
      const poll = (polls.get(`${channel} ${id}`) ?? -Infinity) + 1;
      polls.set(`${channel} ${id}`, poll);
      return [id, poll >= ackAtPoll] as const;
    });
    return { status: 200, body: JSON.stringify({ acks: Object.fromEntries(answers) }) };
  }

  return {
    events,
    standIn(request) {
      const { pathname, searchParams } = new URL(request.path, 'http://splunk');
      const { authorization } = request.headers;
      if (request.method !== 'POST') return { status: 405 };
      if (authorization === undefined) return say(401, 2, 'Token is required');
      if (!authorization.startsWith('Splunk ')) return say(401, 3, 'Invalid authorization');
      if (authorization !== `Splunk ${token}`) return say(403, 4, 'Invalid token');
      if (pathname === '/services/collector/event') return collect(request);
      return pathname === '/services/collector/ack'
        ? acknowledge(request, searchParams.get('channel'))
        : { status: 404, body: '{"text":"The requested URL was not found on this server.","code":404}' };
    },
  };
}

function say(status: number, code: number, text: string, more: JsonObject = {}): Reply {
  return { status, body: JSON.stringify({ text, code, ...more }) };
}

function problemOf(
  value: unknown,
  indexes: readonly string[] | undefined,
): readonly [code: number, text: string] | undefined {
  if (!isObject(value)) return [6, 'Invalid data format'];
  const { event, time, index, fields, ...rest } = value;
  const known = Object.entries(rest).every(
    ([key, one]) => ['host', 'source', 'sourcetype'].includes(key) && typeof one === 'string',
  );
  if (!known || typeof time !== 'number') return [6, 'Invalid data format'];
  if (event === undefined) return [12, 'Event field is required'];
  if (event === null || event === '') return [13, 'Event field cannot be blank'];
  if (fields !== undefined) return [15, 'Error in handling indexed fields'];
  return index === undefined || indexes?.some((one) => one === index) !== false ? undefined : [7, 'Incorrect index'];
}

/** The texts of the objects that stand one after the other, whatever is between them. */
function objectsOf(text: string): readonly string[] {
  const out: string[] = [];
  let start = 0;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    if (depth > 0 || token.startsWith('"')) continue;
    out.push(text.slice(start, index + 1));
    start = index + 1;
  }
  return text.slice(start).trim() === '' ? out : [...out, text.slice(start)];
}
