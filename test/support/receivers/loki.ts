import { isObject } from '../../../src/core/json.ts';
import { bodyText, strictJson } from './body.ts';
import type { Reply, StandIn } from './http.ts';

export interface LokiOptions {
  readonly authorization?: string | undefined;
  readonly tenant?: string | undefined;
  /** `reject_old_samples_max_age`, counted from now. */
  readonly sampleAgeMsMax?: number;
  /** Half of `max_chunk_age`. Default: no limit. */
  readonly behindMsMax?: number;
  readonly structuredMetadata?: boolean;
}

export interface LokiEntry {
  readonly labels: { readonly [name: string]: string };
  readonly ns: bigint;
  readonly line: string;
  readonly metadata: { readonly [name: string]: string };
}

export interface Loki {
  readonly standIn: StandIn;
  /** What is stored, in order of arrival. */
  readonly entries: readonly LokiEntry[];
}

const lineBytesMax = 256 * 1024;
const metadataBytesMax = 64 * 1024;

/** Loki's push interface, after "Loki HTTP API", "Enforce rate limits and push request validation" and `limits_config`. */
export function createLoki(options: LokiOptions): Loki {
  const entries: LokiEntry[] = [];
  /** By stream: its newest time, and the entries that it has. */
  const streams = new Map<string, { newestMs: number; readonly known: Set<string> }>();
  return {
    entries,
    standIn(request) {
      const { headers, method, path } = request;
      if (method !== 'POST' || path !== '/loki/api/v1/push') return say(404, '404 page not found');
      if (headers['authorization'] !== options.authorization) return say(401, 'Unauthorized');
      if (headers['x-scope-orgid'] !== options.tenant) return say(401, 'no org id');
      if (headers['content-type'] !== 'application/json') return say(415, 'unsupported content type');
      const text = bodyText(request);
      if (text === undefined || Buffer.byteLength(text) > 4 * 1024 * 1024) return say(413, 'request body too large');
      const body = strictJson(text);
      const streams: unknown = isObject(body) ? body['streams'] : undefined;
      if (!Array.isArray(streams) || streams.length === 0)
        return say(400, 'error at least one valid stream is required');
      const wrong = streams.map(push).find((one) => one !== undefined);
      return wrong === undefined ? { status: 204 } : say(400, wrong);
    },
  };

  /** Stores what is right of a stream, and returns what Loki says of the last that is wrong. */
  function push(stream: unknown): string | undefined {
    if (!isObject(stream) || !isObject(stream['stream']) || !Array.isArray(stream['values']))
      return 'loghttp.PushRequest: error';
    const { stream: names, values } = stream;
    const labels = textsOf(names);
    if (labels === undefined || Object.keys(labels).some((name) => !/^[a-zA-Z_]\w*$/.test(name)))
      return 'error parsing labels';
    const name = `{${Object.entries(labels)
      .map(([key, value]) => `${key}="${value}"`)
      .join(', ')}}`;
    const count = Object.keys(labels).length;
    if (count > 15) return `entry for stream '${name}' has ${count} label names; limit 15`;
    let wrong: string | undefined;
    for (const value of values) wrong = entry(value, labels, name) ?? wrong;
    return wrong;
  }

  function entry(value: unknown, labels: LokiEntry['labels'], name: string): string | undefined {
    const [time, line, more = {}, ...rest]: readonly unknown[] = Array.isArray(value) ? value : [];
    const metadata = isObject(more) ? textsOf(more) : undefined;
    const shaped = typeof time === 'string' && /^\d{1,19}$/.test(time) && typeof line === 'string' && rest.length === 0;
    if (!shaped || metadata === undefined || BigInt(time) > 2n ** 63n - 1n) return 'loghttp.PushRequest.Streams: error';
    if (Object.keys(metadata).length > 0 && options.structuredMetadata === false) {
      return `stream '${name}' includes structured metadata, but this feature is disallowed. Please see \`limits_config.allow_structured_metadata\``;
    }
    if (Buffer.byteLength(JSON.stringify(metadata)) > metadataBytesMax)
      return `stream '${name}' has structured metadata too large`;
    const bytes = Buffer.byteLength(line);
    if (bytes > lineBytesMax) {
      return `max entry size ${lineBytesMax} bytes exceeded for stream '${name}' while adding an entry with length ${bytes} bytes`;
    }
    const atMs = Number(BigInt(time) / 1_000_000n);
    const nowMs = Date.now();
    if (atMs > nowMs + 600_000) return `entry for stream '${name}' has timestamp too new: ${rfc3339(atMs)}`;
    const oldestMs = nowMs - (options.sampleAgeMsMax ?? Infinity);
    if (atMs < oldestMs) {
      return `entry for stream '${name}' has timestamp too old: ${rfc3339(atMs)}, oldest acceptable timestamp is: ${rfc3339(oldestMs)}`;
    }
    const stream = streams.get(name) ?? { newestMs: -Infinity, known: new Set() };
    streams.set(name, stream);
    const behindMs = stream.newestMs - (options.behindMsMax ?? Infinity);
    if (atMs < behindMs) {
      return `entry with timestamp ${rfc3339(atMs)} ignored, reason: 'entry too far behind, entry timestamp is: ${rfc3339(atMs)}, oldest acceptable timestamp is: ${rfc3339(behindMs)}',\nuser 'fake', total ignored: 1 out of 1 for stream: ${name}`;
    }
    stream.newestMs = Math.max(stream.newestMs, atMs);
    if (!stream.known.has(`${time} ${line}`)) entries.push({ labels, ns: BigInt(time), line, metadata });
    stream.known.add(`${time} ${line}`);
    return undefined;
  }
}

function say(status: number, body: string): Reply {
  return { status, body: `${body}\n`, headers: { 'content-type': 'text/plain; charset=utf-8' } };
}

function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The object when all its values are texts. */
function textsOf(object: object): { readonly [name: string]: string } | undefined {
  const out: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(object)) {
    if (typeof value !== 'string') return undefined;
    out[name] = value;
  }
  return out;
}
