import type { Delivery } from '../core/delivery.ts';

/** herald's own form of a delivery on one line: the event's keys with `rule`, `severity` and `key` before them. */
export function heraldJson(delivery: Delivery): string {
  const { rule, severity, key } = delivery;
  const head = JSON.stringify({ rule, severity, key });
  return `${head.slice(0, -1)},${(delivery.json ?? JSON.stringify(delivery.event)).slice(1)}`;
}
