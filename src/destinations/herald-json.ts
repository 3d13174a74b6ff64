import type { Delivery } from '../core/delivery.ts';
import { repairJson } from '../render/formats/json-text.ts';
import type { Piece } from './item.ts';

/**
 * herald's own form of a delivery on one line, in two pieces: the event's keys with `rule`, `severity` and `key`
 * before them. An event that comes from the journal goes out as it is stored, without a copy.
 */
export function heraldPieces(delivery: Delivery): readonly Piece[] {
  const { bytes, event } = delivery;
  return [head(delivery), bytes === undefined ? repairJson(JSON.stringify(event)).slice(1) : bytes.subarray(1)];
}

/** The same as text. */
export function heraldText(delivery: Delivery): string {
  return head(delivery) + stored(delivery).slice(1);
}

/** An event that has its text at hand is not parsed for it. */
function stored(delivery: Delivery): string {
  if (delivery.json !== undefined) return delivery.json;
  return delivery.bytes === undefined ? JSON.stringify(delivery.event) : utf8.decode(delivery.bytes);
}

const utf8 = new TextDecoder();

function head({ rule, severity, key }: Delivery): string {
  return `${JSON.stringify({ rule, severity, key }).slice(0, -1)},`;
}
