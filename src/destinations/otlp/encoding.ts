import { product, version } from '../../core/identity.ts';
import type { JsonObject } from '../../core/json.ts';
import { jsonText } from '../../render/formats/json-text.ts';
import { createItem, joinItems, type Item } from '../batch/item.ts';
import { field, message, number, time, varint } from './protobuf.ts';
import type { Attributes, LogRecord } from './record.ts';

/** One record, and the resource that it belongs to. */
export interface RecordItem extends Item {
  /** The resource as JSON: the same text for the same resource. */
  readonly resource: string;
}

/** One of the two encodings of OTLP/HTTP. */
export interface Encoding {
  readonly contentType: string;
  record(record: LogRecord): Item;
  /** `ExportLogsServiceRequest`. */
  request(items: readonly RecordItem[]): Uint8Array;
}

const scope = { name: product, version };

/** 64-bit numbers are texts, enumerations numbers, names in lowerCamelCase. */
export const json: Encoding = {
  contentType: 'application/json',
  record({ timeMs, observedMs, severityNumber, severityText, eventName, body, attributes }) {
    const record = {
      timeUnixNano: `${timeMs}000000`,
      observedTimeUnixNano: `${observedMs}000000`,
      severityNumber,
      severityText,
      eventName,
      body: { stringValue: body },
      attributes: keyValues(attributes),
    };
    return createItem([jsonText(record)]);
  },
  request(items) {
    const groups = [...byResource(items)].map(([resource, own]) => {
      const attributes = JSON.stringify(keyValues(JSON.parse(resource)));
      const head = `{"resource":{"attributes":${attributes}},"scopeLogs":[{"scope":${JSON.stringify(scope)},"logRecords":[`;
      return createItem([head, joinItems(own, '', ',', ']}]}')]);
    });
    return joinItems(groups, '{"resourceLogs":[', ',', ']}');
  },
};

/** The message types of opentelemetry-proto 1.x, `logs.proto`. */
export const protobuf: Encoding = {
  contentType: 'application/x-protobuf',
  record({ timeMs, observedMs, severityNumber, severityText, eventName, body, attributes }) {
    const record = message([
      time(1, timeMs),
      number(2, severityNumber),
      field(3, severityText),
      field(5, field(1, body)),
      ...attributeFields(6, attributes),
      time(11, observedMs),
      field(12, eventName),
    ]);
    return createItem([field(2, record)]);
  },
  request(items) {
    const groups = [...byResource(items)].map(([resource, own]) => {
      const scopeField = field(1, message([field(1, scope.name), field(2, scope.version)]));
      const bytes = own.reduce((sum, item) => sum + item.bytes, scopeField.length);
      const resourceField = field(1, message(attributeFields(1, JSON.parse(resource))));
      const scopeLogs = [varint((2 << 3) | 2), varint(bytes), scopeField, joinItems(own, '', '', '')];
      return field(1, message([resourceField, ...scopeLogs]));
    });
    return message(groups);
  },
};

function byResource(items: readonly RecordItem[]): Map<string, RecordItem[]> {
  return Map.groupBy(items, ({ resource }) => resource);
}

function keyValues(attributes: Attributes): JsonObject[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

function attributeFields(tag: number, attributes: Attributes): readonly Uint8Array[] {
  return Object.entries(attributes).map(([key, value]) =>
    field(tag, message([field(1, key), field(2, field(1, value))])),
  );
}
