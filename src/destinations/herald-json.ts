import type { Delivery } from '../core/delivery.ts';

/**
 * herald's own form of a delivery on one line, UTF-8: the event's keys with `rule`, `severity` and `key` before them.
 * An event that comes from the journal goes out as it is stored.
 */
export function heraldJson(delivery: Delivery): Buffer {
  const { rule, severity, key } = delivery;
  const event = delivery.bytes ?? Buffer.from(JSON.stringify(delivery.event));
  const head = `${JSON.stringify({ rule, severity, key }).slice(0, -1)},`;
  const headBytes = Buffer.byteLength(head);
  const line = Buffer.allocUnsafe(headBytes + event.length - 1);
  line.write(head);
  line.set(event.subarray(1), headBytes);
  return line;
}
