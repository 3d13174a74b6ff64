import { isObject, type JsonObject } from '../../../src/core/json.ts';
import { bodyText, strictJson } from './body.ts';
import type { Reply, StandIn } from './http.ts';

export interface Datadog {
  readonly standIn: StandIn;
  /** What can be found later. */
  readonly logs: readonly JsonObject[];
  /** What was accepted and then dropped for its age, or cut for its size, without a word. */
  readonly dropped: readonly JsonObject[];
}

const requestBytesMax = 5_000_000;
const logBytesMax = 1_000_000;
const itemsMax = 1000;
const hourMs = 3_600_000;

/** Datadog's intake, after "Send logs" of its API and "Log collection: custom log forwarding". */
export function createDatadog(apiKey: string): Datadog {
  const logs: JsonObject[] = [];
  const dropped: JsonObject[] = [];
  return {
    logs,
    dropped,
    standIn(request) {
      const { headers, method, path } = request;
      if (method !== 'POST' || path !== '/api/v2/logs') return refuse(404, 'Not found');
      if (headers['dd-api-key'] === undefined) return refuse(401, 'Unauthorized');
      if (headers['dd-api-key'] !== apiKey) return refuse(403, 'Forbidden');
      if (headers['content-type'] !== 'application/json') return refuse(415, 'Unsupported Media Type');
      const text = bodyText(request);
      if (text !== undefined && Buffer.byteLength(text) > requestBytesMax) return refuse(413, 'Payload too large');
      const items = text === undefined ? undefined : strictJson(text);
      if (!Array.isArray(items) || items.length === 0) return refuse(400, 'Malformed payload');
      if (items.length > itemsMax) return refuse(413, 'Too many logs');
      if (!items.every(isObject)) return refuse(400, 'Malformed payload');
      for (const item of items) (isKept(item) ? logs : dropped).push(item);
      return { status: 202, body: '{}' };
    },
  };
}

function isKept(log: JsonObject): boolean {
  const { timestamp } = log;
  const ageMs = Date.now() - (typeof timestamp === 'number' ? timestamp : Date.now());
  return ageMs <= 18 * hourMs && ageMs >= -2 * hourMs && Buffer.byteLength(JSON.stringify(log)) <= logBytesMax;
}

function refuse(status: number, detail: string): Reply {
  return { status, body: JSON.stringify({ errors: [{ status: String(status), title: detail, detail }] }) };
}
