import { isObject } from '../core/json.ts';
import type { NumberSchema, ObjectSchema, Schema, StringSchema } from '../core/schema.ts';
import { formats } from './formats.ts';

/**
 * Whether a value fits its schema in everything. It never says yes where Ajv finds something, and needs no compiled schema, whose
 * making would be a third of a start. What is wrong, it does not say.
 */
export function fitsWholly(schema: Schema, value: unknown): boolean {
  if ('json' in schema) return true;
  if ('anyOf' in schema) return schema.anyOf.some((branch) => fitsWholly(branch, value));
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' && fitsText(schema, value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return (
        Array.isArray(value) &&
        isWithin(value.length, schema.minItems, schema.maxItems) &&
        value.every((item) => fitsWholly(schema.items, item))
      );
    case 'object':
      return isObject(value) && fitsObject(schema, value);
    default:
      return typeof value === 'number' && fitsNumber(schema, value);
  }
}

function fitsText({ enum: choices, format, pattern, minLength, maxLength }: StringSchema, text: string): boolean {
  if (choices !== undefined && !choices.includes(text)) return false;
  if (format !== undefined && formats.get(format)?.(text) !== true) return false;
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(text)) return false;
  // JSON Schema counts characters, not UTF-16 units.
  return (
    (minLength === undefined && maxLength === undefined) || isWithin(Array.from(text).length, minLength, maxLength)
  );
}

function fitsNumber({ type, minimum, maximum }: NumberSchema, value: number): boolean {
  const ofType = type === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
  return ofType && isWithin(value, minimum, maximum);
}

function fitsObject(
  { properties, required = [], additionalProperties, minProperties }: ObjectSchema,
  value: { readonly [key: string]: unknown },
): boolean {
  const keys = Object.keys(value);
  return (
    isWithin(keys.length, minProperties, undefined) &&
    required.every((key) => Object.hasOwn(value, key)) &&
    keys.every((key) => {
      const schema = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
      return schema !== undefined && fitsWholly(schema, value[key]);
    })
  );
}

function isWithin(value: number, minimum = -Infinity, maximum = Infinity): boolean {
  return value >= minimum && value <= maximum;
}
