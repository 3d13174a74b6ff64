import type { ErrorObject } from 'ajv';
import { get, isObject } from '../core/json.ts';
import type { Schema } from '../core/schema.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Path } from './path.ts';
import type { Mismatch } from './mismatch.ts';

/** One error of Ajv about `value` in words, with what to do about it. Quotes nothing that is or may be a secret. */
export function explain(error: ErrorObject, value: unknown): Mismatch {
  const path = pathOf(error.instancePath, value);
  const words = explanations.get(error.keyword);
  const parent = schemaOf(error);
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params['additionalProperty']);
    return { path: [...path, key], at: 'key', message: unknownKey(key, parent) };
  }
  if (error.keyword === 'required') {
    return { path: [...path, String(error.params['missingProperty'])], at: 'key', message: required(error) };
  }
  return { path, at: 'value', message: words === undefined ? 'not valid' : words(error, parent) };
}

type Words = (error: ErrorObject, schema: Schema) => string;

const explanations: ReadonlyMap<string, Words> = new Map<string, Words>([
  [
    'type',
    (error, schema) => `expected ${nounOf(schema)}, found ${foundNoun(error.data)}${quotesHint(error.data, schema)}`,
  ],
  ['anyOf', (error, schema) => `expected ${nounOf(schema)}, found ${foundNoun(error.data)}`],
  ['enum', (error, schema) => notOneOf(error.data, schema)],
  ['format', (error) => (formatWords.get(String(error.params['format'])) ?? (() => 'not valid'))(error.data)],
  ['pattern', () => 'has characters that are not allowed here'],
  ['minimum', (error) => `must be at least ${limitOf(error)}`],
  ['maximum', (error) => `must be at most ${limitOf(error)}`],
  [
    'minLength',
    (error) => (error.data === '' ? 'must not be empty' : `too short: at least ${limitOf(error)} characters`),
  ],
  ['maxLength', (error) => `too long: at most ${limitOf(error)} characters`],
  ['minItems', (error) => (limitOf(error) === 1 ? 'at least one is needed' : `at least ${limitOf(error)} are needed`)],
  ['maxItems', (error) => `too many: at most ${limitOf(error)}`],
  ['minProperties', () => 'at least one is needed'],
]);

const formatWords: ReadonlyMap<string, (data: unknown) => string> = new Map<string, (data: unknown) => string>([
  ['duration', (data) => `not a duration: write it as 30s, 10m, 1h30m or days=1;hours=2${unitHint(data)}`],
  ['size', () => 'not a size: write it as 64KiB, 256MiB or a number of bytes'],
  ['url', (data) => `not a URL: it must start with http:// or https://${variableHint(data)}`],
  ['email', () => 'not a mail address: write it as name@example.com'],
]);

/** The schema that the error is about; Ajv gives it back as it was, because it runs verbosely. */
export function schemaOf(error: ErrorObject): Schema {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return error.parentSchema as Schema;
}

/** Ajv's pointer as a path. Only the value tells whether a number is an index or a key. */
function pathOf(pointer: string, value: unknown): Path {
  let inner = value;
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      if (Array.isArray(inner)) {
        inner = inner[Number(step)];
        return Number(step);
      }
      inner = isObject(inner) ? get(inner, step) : undefined;
      return step;
    });
}

/** The keys that an object schema declares. */
export function knownKeys(schema: Schema): readonly string[] {
  return 'properties' in schema ? Object.keys(schema.properties) : [];
}

function unknownKey(key: string, schema: Schema): string {
  const known = knownKeys(schema);
  const hint = didYouMean(key, known);
  if (key === '<<') return 'merge keys (<<) are not supported: repeat the keys, or use an alias for a whole value';
  return hint === '' ? `unknown key; known here: ${known.join(', ')}` : `unknown key${hint}`;
}

function required(error: ErrorObject): string {
  const { params } = error;
  const schema = schemaOf(error);
  const inner = 'properties' in schema ? schema.properties[String(params['missingProperty'])] : undefined;
  return inner === undefined ? 'required' : `required (${nounOf(inner)})`;
}

function notOneOf(data: unknown, schema: Schema): string {
  const known = 'enum' in schema ? (schema.enum ?? []) : [];
  return `not one of ${known.join(', ')}${typeof data === 'string' ? didYouMean(data, known) : ''}`;
}

function nounOf(schema: Schema): string {
  if ('anyOf' in schema) return [...new Set(schema.anyOf.map(nounOf))].join(' or ');
  if ('json' in schema) return 'a value';
  if (schema.type === 'string') return textNoun(schema);
  return nouns.get(schema.type) ?? schema.type;
}

function textNoun(schema: Extract<Schema, { type: 'string' }>): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  return textNouns.get(schema.format ?? '') ?? 'a text';
}

const nouns: ReadonlyMap<string, string> = new Map([
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a mapping (key: value)'],
]);

const textNouns: ReadonlyMap<string, string> = new Map([
  ['duration', 'a duration like 30s'],
  ['size', 'a size like 256MiB'],
  ['url', 'a URL'],
  ['email', 'a mail address'],
  ['cel', 'an expression'],
  ['re2', 'a regular expression'],
]);

function foundNoun(data: unknown): string {
  if (data === null || data === undefined) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'string') return 'a text';
  if (typeof data === 'boolean') return `${data}`;
  return typeof data === 'number' ? 'a number' : 'a mapping';
}

function quotesHint(data: unknown, schema: Schema): string {
  if (!('type' in schema) || schema.type !== 'string') return '';
  if (schema.format === 'duration' && typeof data === 'number') return ': it needs a unit';
  return typeof data === 'number' || typeof data === 'boolean' ? ': put it in quotes' : '';
}

function unitHint(data: unknown): string {
  return typeof data === 'string' && /^\d+$/.test(data) ? ' (the unit is missing)' : '';
}

/** `$NAME` and `${NAME}` are how shells and compose files write it. */
function variableHint(data: unknown): string {
  const name = typeof data === 'string' ? /^\$\{?([A-Z][A-Z0-9_]*)\}?$/.exec(data)?.[1] : undefined;
  return name === undefined ? '' : ` (for the environment variable write \${env:${name}})`;
}

function limitOf(error: ErrorObject): number {
  return Number(error.params['limit']);
}
