import { isObject } from '../../../src/core/json.ts';
import { bodyText, strictJson } from './body.ts';
import { gunzipSync } from 'node:zlib';
import type { ReceivedRequest, Reply, StandIn } from './http.ts';
import { decode, type MessageType } from './protobuf.ts';

/** `ExportLogsServiceRequest`, in the form that both encodings have in common. */
export interface LogsRequest {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeLogs: readonly { readonly scope: object; readonly logRecords: readonly OtlpRecord[] }[];
  }[];
}

export interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

export interface OtlpRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly KeyValue[];
}

export interface OtlpReceiver {
  readonly standIn: StandIn;
  readonly requests: readonly LogsRequest[];
}

const anyValue: MessageType = { 1: ['stringValue', 'text'] };
const keyValue: MessageType = { 1: ['key', 'text'], 2: ['value', anyValue] };
const logRecord: MessageType = {
  1: ['timeUnixNano', 'time'],
  2: ['severityNumber', 'number'],
  3: ['severityText', 'text'],
  5: ['body', anyValue],
  6: ['attributes', keyValue, 'repeated'],
  7: ['droppedAttributesCount', 'number'],
  11: ['observedTimeUnixNano', 'time'],
  12: ['eventName', 'text'],
};
const scopeLogs: MessageType = {
  1: ['scope', { 1: ['name', 'text'], 2: ['version', 'text'] }],
  2: ['logRecords', logRecord, 'repeated'],
};
const resourceLogs: MessageType = {
  1: ['resource', { 1: ['attributes', keyValue, 'repeated'], 2: ['droppedAttributesCount', 'number'] }],
  2: ['scopeLogs', scopeLogs, 'repeated'],
};

/** `ExportLogsServiceRequest` of opentelemetry-proto's logs_service.proto and logs.proto. */
export const exportLogsRequest: MessageType = { 1: ['resourceLogs', resourceLogs, 'repeated'] };

const requestBytesMax = 64 * 1024 * 1024;

/** A receiver of logs, after "OTLP/HTTP" of the OpenTelemetry Protocol Specification 1.x. */
export function createOtlpReceiver(
  options: { readonly headers?: { readonly [name: string]: string } } = {},
): OtlpReceiver {
  const requests: LogsRequest[] = [];
  return {
    requests,
    standIn(request) {
      const type = request.headers['content-type'] ?? '';
      if (request.path !== '/v1/logs') return { status: 404 };
      if (request.method !== 'POST') return { status: 405 };
      if (Object.entries(options.headers ?? {}).some(([name, value]) => request.headers[name] !== value)) {
        return { status: 401 };
      }
      if (type !== 'application/json' && type !== 'application/x-protobuf') return { status: 415 };
      if (request.body.length > requestBytesMax) return { status: 413 };
      const body = type === 'application/json' ? jsonOf(request) : protobufOf(request);
      if (body === undefined || !body.resourceLogs.every(isWhole)) return badRequest(type);
      requests.push(body);
      return { status: 200, headers: { 'content-type': type }, body: type === 'application/json' ? '{}' : '' };
    },
  };
}

function jsonOf(request: ReceivedRequest): LogsRequest | undefined {
  const text = bodyText(request);
  const body = text === undefined ? undefined : strictJson(text);
  return isObject(body) && Array.isArray(body['resourceLogs']) ? (body as unknown as LogsRequest) : undefined;
}

function protobufOf({ headers, body }: ReceivedRequest): LogsRequest | undefined {
  try {
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    return decode(bytes, exportLogsRequest) as unknown as LogsRequest;
  } catch {
    return undefined;
  }
}

/** Records have times that fit, a severity of the scale, and texts where texts belong. */
function isWhole(group: LogsRequest['resourceLogs'][number]): boolean {
  return (
    group.resource.attributes.some(({ key }) => key === 'service.name') &&
    group.scopeLogs.every(({ logRecords }) =>
      logRecords.every(
        ({ timeUnixNano, severityNumber, body, attributes }) =>
          /^\d+$/.test(timeUnixNano) &&
          BigInt(timeUnixNano) < 2n ** 64n &&
          severityNumber >= 1 &&
          severityNumber <= 24 &&
          typeof body.stringValue === 'string' &&
          attributes.every(({ key, value }) => key !== '' && typeof value.stringValue === 'string') &&
          new Set(attributes.map(({ key }) => key)).size === attributes.length,
      ),
    )
  );
}

/** A `google.rpc.Status` in the encoding of the request. */
function badRequest(type: string): Reply {
  const text = 'cannot unmarshal the request';
  const body =
    type === 'application/json'
      ? JSON.stringify({ code: 3, message: text })
      : `\x08\x03\x12${String.fromCharCode(text.length)}${text}`;
  return { status: 400, headers: { 'content-type': type }, body };
}
