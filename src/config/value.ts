import { parseDuration, parseSize } from '../core/duration.ts';
import { InvariantError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { Secret } from '../core/secret.ts';
import type { Infer, ObjectSchema, Schema } from '../core/schema.ts';
import type { Path } from './path.ts';

type Fields = { readonly [key: string]: unknown };

/** What the file tells beside its values, and who wants to know which of them are secrets. */
export interface Seen {
  /** True for a text that had `${env:…}` or `${file:…}` in it. */
  interpolated(path: Path): boolean;
  secret(value: string): void;
}

/**
 * Brings texts that came from the environment or a file to the type that the schema wants (`"587"` → 587, `"true"` → true),
 * and a bare number of bytes to a text. What does not fit stays as it is, for the validator to complain about.
 */
export function coerce(schema: Schema, value: unknown, path: Path, seen: Seen): unknown {
  if ('json' in schema) return value;
  if ('anyOf' in schema) {
    if (schema.anyOf.some((branch) => fits(branch, value))) {
      const branch = schema.anyOf.find((candidate) => fits(candidate, value));
      return branch === undefined ? value : coerce(branch, value, path, seen);
    }
    const scalar = schema.anyOf.find((branch) => fits(branch, coerce(branch, value, path, seen)));
    return scalar === undefined ? value : coerce(scalar, value, path, seen);
  }
  if (schema.type === 'array') {
    return Array.isArray(value) ? value.map((item, i) => coerce(schema.items, item, [...path, i], seen)) : value;
  }
  if (schema.type === 'object') {
    return isObject(value) ? coerceFields(schema, value, path, seen) : value;
  }
  if (schema.type === 'string') {
    if (schema.secret === true && typeof value === 'string') seen.secret(value);
    return schema.format === 'size' && typeof value === 'number' ? String(value) : value;
  }
  return typeof value === 'string' && seen.interpolated(path) ? coerceText(schema.type, value) : value;
}

function coerceFields(schema: ObjectSchema, value: Fields, path: Path, seen: Seen): Fields {
  const out: { [key: string]: unknown } = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    const field = fieldSchema(schema, key);
    out[key] = field === undefined ? inner : coerce(field, inner, [...path, key], seen);
  }
  return out;
}

function coerceText(type: 'integer' | 'number' | 'boolean', text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

/**
 * The typed value of what fits its schema: secrets wrapped, durations in milliseconds, sizes in bytes, defaults filled in.
 * Keys that the schema does not declare are left out. `Infer` is by its definition the type of what comes out.
 */
export function load<const S extends Schema>(schema: S, value: unknown): Infer<S>;
export function load(schema: Schema, value: unknown): unknown {
  return loadValue(schema, value);
}

function loadValue(schema: Schema, value: unknown): unknown {
  if ('json' in schema) return value;
  if ('anyOf' in schema) {
    const branch = schema.anyOf.find((candidate) => fits(candidate, value));
    return branch === undefined ? value : loadValue(branch, value);
  }
  if (schema.type === 'array') return Array.isArray(value) ? value.map((item) => loadValue(schema.items, item)) : value;
  if (schema.type === 'object') return loadFields(schema, isObject(value) ? value : {});
  if (schema.type !== 'string' || typeof value !== 'string') return value;
  if (schema.secret === true) return new Secret(value);
  if (schema.format === 'duration') return known(parseDuration(value));
  return schema.format === 'size' ? known(parseSize(value)) : value;
}

function loadFields(schema: ObjectSchema, value: Fields): Fields {
  // Only declared names may be on an object with a prototype; where any key is allowed there must be none.
  const out: { [key: string]: unknown } = schema.additionalProperties === undefined ? {} : Object.create(null);
  for (const [key, field] of Object.entries(schema.properties)) {
    const given = Object.hasOwn(value, key) ? value[key] : defaultOf(field);
    if (given !== undefined) out[key] = loadValue(field, given);
  }
  const more = schema.additionalProperties;
  if (more === undefined) return out;
  for (const [key, inner] of Object.entries(value)) {
    if (!Object.hasOwn(schema.properties, key)) out[key] = loadValue(more, inner);
  }
  return out;
}

function fieldSchema(schema: ObjectSchema, key: string): Schema | undefined {
  return Object.hasOwn(schema.properties, key) ? schema.properties[key] : schema.additionalProperties;
}

function defaultOf(schema: Schema): unknown {
  return 'default' in schema ? schema.default : undefined;
}

/** Whether the value is of the schema's type, without looking inside, except that a text must be one of an `enum`. */
function fits(schema: Schema, value: unknown): boolean {
  if ('json' in schema) return true;
  if ('anyOf' in schema) return schema.anyOf.some((branch) => fits(branch, value));
  if (schema.type === 'array') return Array.isArray(value);
  if (schema.type === 'object') return isObject(value);
  if (schema.type === 'integer') return Number.isInteger(value);
  if (schema.type === 'string' && schema.enum !== undefined)
    return typeof value === 'string' && schema.enum.includes(value);
  return typeof value === schema.type;
}

function known(value: number | undefined): number {
  if (value === undefined) throw new InvariantError('a duration or size passed the check but cannot be read');
  return value;
}
