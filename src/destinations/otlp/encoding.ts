import { product, version } from '../../core/identity.ts';
import type { JsonObject } from '../../core/json.ts';
import { jsonText } from '../../render/formats/json-text.ts';
import { createItem, joinItems, type Item } from '../item.ts';
import { createProtobufWriter, type ProtobufWriter } from './protobuf.ts';
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
  request(items: readonly RecordItem[]): Item;
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
      return joinItems(own, head, ',', ']}]}');
    });
    return joinItems(groups, '{"resourceLogs":[', ',', ']}');
  },
};

/** The message types of opentelemetry-proto 1.x, `logs.proto`, each written from its last field to its first. */
export function createProtobuf(): Encoding {
  const writer = createProtobufWriter();
  return {
    contentType: 'application/x-protobuf',
    record({ timeMs, observedMs, severityNumber, severityText, eventName, body, attributes }) {
      const record = writer.open();
      writer.text(12, eventName);
      writer.time(11, observedMs);
      writeAttributes(writer, 6, attributes);
      const value = writer.open();
      writer.text(1, body);
      writer.close(5, value);
      writer.text(3, severityText);
      writer.number(2, severityNumber);
      writer.time(1, timeMs);
      writer.close(2, record);
      return createItem([writer.take()]);
    },
    request(items) {
      const groups = [...byResource(items)].map(([resource, own]) => {
        const records = joinItems(own);
        const group = writer.open();
        writer.text(2, scope.version);
        writer.text(1, scope.name);
        writer.close(1, group);
        writer.close(2, group, records.bytes);
        const resourceField = writer.open();
        writeAttributes(writer, 1, JSON.parse(resource));
        writer.close(1, resourceField);
        writer.close(1, group, records.bytes);
        return joinItems([createItem([writer.take()]), records], '', '', '');
      });
      return joinItems(groups);
    },
  };
}

function writeAttributes(writer: ProtobufWriter, tag: number, attributes: Attributes): void {
  const keys = Object.keys(attributes);
  for (let at = keys.length - 1; at >= 0; at -= 1) {
    const key = keys[at] ?? '';
    const text = attributes[key];
    if (text === undefined) continue;
    const pair = writer.open();
    const value = writer.open();
    writer.text(1, text);
    writer.close(2, value);
    writer.text(1, key);
    writer.close(tag, pair);
  }
}

function byResource(items: readonly RecordItem[]): Map<string, RecordItem[]> {
  return Map.groupBy(items, ({ resource }) => resource);
}

function keyValues(attributes: Attributes): JsonObject[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: { stringValue: value } }],
  );
}
