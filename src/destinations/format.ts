import type { Delivery } from '../core/delivery.ts';
import type { StringSchema } from '../core/schema.ts';
import type { FormatInput } from '../render/formats/input.ts';
import { formatJson, formats, formatText, isTextFormat, jsonFormats, type Format } from '../render/formats/format.ts';
import { eventObject } from '../render/formats/event-object.ts';
import { jsonText, repairJson } from '../render/formats/json-text.ts';
import type { DestinationDeps } from './destination.ts';
import type { Piece } from './item.ts';
import { heraldPieces, heraldText } from './herald-json.ts';

/** What the formats are, for the options that choose one. */
export const formatDescription =
  "How an event is written: `herald` its own keys, `authentik` as authentik's API, `ecs` (Elastic Common Schema 9.4), `ocsf` (1.8)";

/** The option `format` of a destination that takes JSON objects; spread it to give it another default. */
export const jsonFormatOption = {
  type: 'string',
  enum: jsonFormats,
  default: 'herald',
  description: `${formatDescription}.`,
} as const satisfies StringSchema;

/** The option `format` of a destination that takes any text. */
export const formatOption = {
  type: 'string',
  enum: formats,
  default: 'herald',
  description: `${formatDescription}, \`cef\` (ArcSight), \`leef\` (QRadar 2.0).`,
} as const satisfies StringSchema;

/** What the formats of `render/formats/` need, from a delivery and what the destination knows about itself. */
export function formatInput(delivery: Delivery, { instance, authentikUrl }: FormatContext): FormatInput {
  const { event, key, rule, severity } = delivery;
  return { event, key, rule, severity, instance, authentikUrl };
}

/** What a destination knows about itself and a format says. */
export type FormatContext = Pick<DestinationDeps, 'instance' | 'authentikUrl'>;

/**
 * A delivery in the given format on one line without a line end, in pieces to be sent one after the other. In the herald format it is
 * sent as the journal has it, without parsing the event.
 */
export function eventPieces(format: Format, delivery: Delivery, context: FormatContext): readonly Piece[] {
  return format === 'herald' && !hasLoneSurrogate(delivery)
    ? heraldPieces(delivery)
    : [eventText(format, delivery, context)];
}

/** The same as text. */
export function eventText(format: Format, delivery: Delivery, context: FormatContext): string {
  if (format === 'herald') return repairJson(heraldText(delivery));
  const input = formatInput(delivery, context);
  return isTextFormat(format) ? formatText(format, input) : jsonText(formatJson(format, input));
}

/** The event alone as JSON, as the journal has it. */
export function eventJson(delivery: Delivery): Piece {
  return delivery.bytes === undefined || hasLoneSurrogate(delivery)
    ? jsonText(eventObject(delivery.event))
    : delivery.bytes;
}

const surrogate = Buffer.from(String.raw`\ud`);

/** True when the stored text may hold half a surrogate pair, which JSON writes as an escape. */
function hasLoneSurrogate({ bytes }: Delivery): boolean {
  if (bytes === undefined) return true;
  return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).includes(
    surrogate,
  );
}

/** The event's own time in milliseconds, without parsing the event where the journal knows it. */
export function eventTimeMs(delivery: Delivery): number {
  return delivery.at ?? delivery.event.at;
}
