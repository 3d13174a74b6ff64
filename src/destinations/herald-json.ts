import type { Delivery } from '../core/delivery.ts';
import { repairJson } from '../render/formats/json-text.ts';

/**
 * herald's own form of a delivery on one line, as UTF-8 in two pieces: the event's keys with `rule`, `severity` and `key`
 * before them. An event that comes from the journal goes out as it is stored, without a copy.
 */
export function heraldJson(delivery: Delivery): readonly Uint8Array[] {
  const { rule, severity, key } = delivery;
  const head = `${JSON.stringify({ rule, severity, key }).slice(0, -1)},`;
  return [Buffer.from(head), (delivery.bytes ?? Buffer.from(repairJson(JSON.stringify(delivery.event)))).subarray(1)];
}
