import type { JsonObject } from '../../core/json.ts';
import type { FormatInput } from './input.ts';
import { eventObject } from './event-object.ts';

/** herald's own form: the event's keys with `rule`, `severity` and `key` before them. */
export function heraldDocument({ event, rule, severity, key }: FormatInput): JsonObject {
  return { rule, severity, key, ...eventObject(event) };
}
