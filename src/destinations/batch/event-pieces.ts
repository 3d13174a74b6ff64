import type { Delivery } from '../../core/delivery.ts';
import { formatJson, type JsonFormat } from '../../render/formats/format.ts';
import { jsonText } from '../../render/formats/json-text.ts';
import type { DestinationDeps } from '../destination.ts';
import { eventBytes, formatInput } from '../format.ts';
import type { Piece } from './item.ts';

/** Writes the event of a delivery as one JSON object, shortened to `bytesMax` where that is given. */
export type WriteEvent = (delivery: Delivery, bytesMax?: number) => readonly Piece[];

/** The writer of one format. */
export function eventWriter(format: JsonFormat, deps: DestinationDeps): WriteEvent {
  return (delivery, bytesMax) =>
    bytesMax === undefined
      ? eventBytes(format, delivery, deps)
      : [jsonText(formatJson(format, formatInput(delivery, deps)))];
}

/** The event's own time in milliseconds, without parsing the event where the journal knows it. */
export function eventTimeMs(delivery: Delivery): number {
  return delivery.at ?? delivery.event.at;
}
