import { Optional } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import type { Json } from '../core/json.ts';
import { Address, Network } from './address.ts';
import { EventValue } from './event-value.ts';

const depthMax = 64;

/**
 * A CEL value as plain JSON: integers are numbers (as text where a number would lose digits), timestamps ISO 8601, bytes
 * base64, addresses their text; what JSON cannot say (NaN, an absent optional, deeper than 64 levels) is null.
 */
export function toJson(value: unknown, depth = 0): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return integer(value);
    case 'object':
      return value === null || depth > depthMax ? null : objectToJson(value, depth + 1);
    default:
      return null;
  }
}

function integer(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function objectToJson(value: object, depth: number): Json {
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth));
  if (value instanceof Map) return fromEntries(value, depth);
  if (value instanceof EventValue) return objectToJson(value.source, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Address || value instanceof Network) return value.text;
  if (value instanceof UnsignedInt) return integer(value.value);
  if (value instanceof Duration) return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Optional) return value.hasValue() ? toJson(value.value(), depth) : null;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? fromEntries(Object.entries(value), depth) : null;
}

function fromEntries(entries: Iterable<[unknown, unknown]>, depth: number): Json {
  return Object.fromEntries(Array.from(entries, ([key, item]) => [String(key), toJson(item, depth)]));
}
