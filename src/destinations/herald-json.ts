import type { Delivery } from '../core/delivery.ts';

/** herald's own form of a delivery on one line: the event's keys with `rule`, `severity` and `key` before them. */
export function heraldJson({ event, json, rule, severity, key }: Delivery): string {
  const head = JSON.stringify({ rule, severity, key });
  return `${head.slice(0, -1)},${(json ?? JSON.stringify(event)).slice(1)}`;
}
