import { createHash } from 'node:crypto';
import { destinationSchema } from '../../src/config/schema.ts';
import { validate } from '../../src/config/validate.ts';
import { load } from '../../src/config/value.ts';
import type { Schema } from '../../src/core/schema.ts';
import type { DestinationKind } from '../../src/destinations/destination.ts';

/** A destination as it is written, with one secret of its own in it. */
export interface Planted {
  readonly name: string;
  readonly entry: { readonly [key: string]: unknown };
  readonly path: readonly string[];
  readonly secret: string;
}

/**
 * For every field of the kind's schema that is marked secret, a valid destination that has a recognisable secret there and sends
 * to `origin`. Throws when a field cannot be filled, so that none is left out.
 */
export function plant(kind: DestinationKind, origin: string): readonly Planted[] {
  return secretPaths(kind.schema).map((path, at) => {
    const name = `${kind.type}-${at}`;
    for (const secret of secretsFor(name)) {
      for (const written of writings(secret, origin)) {
        for (const base of bases(kind, origin)) {
          const entry = { type: kind.type, ...put(base, path, written) };
          if (isValid(kind, entry)) return { name, entry, path, secret };
        }
      }
    }
    throw new Error(`no secret fits ${kind.type}.${path.join('.')}`);
  });
}

/** Where secrets stand: `token`, `headers.*`. */
function secretPaths(schema: Schema, path: readonly string[] = []): readonly (readonly string[])[] {
  if ('anyOf' in schema) return schema.anyOf.flatMap((branch) => secretPaths(branch, path)).slice(0, 1);
  if ('json' in schema) return [];
  if (schema.type === 'string') return schema.secret === true ? [path] : [];
  if (schema.type === 'array') return secretPaths(schema.items, [...path, '0']);
  if (schema.type !== 'object') return [];
  const more =
    schema.additionalProperties === undefined ? [] : secretPaths(schema.additionalProperties, [...path, 'x-planted']);
  return [...Object.entries(schema.properties).flatMap(([key, inner]) => secretPaths(inner, [...path, key])), ...more];
}

/** The first has what services escape when they repeat it; some services want a certain form. */
function secretsFor(name: string): readonly string[] {
  const hex = createHash('sha256').update(name).digest('hex');
  return [
    `planted/${name}+"${hex.slice(0, 12)}<==`,
    `planted-${name.replaceAll('_', '-')}-${hex.slice(0, 12)}`,
    hex.slice(0, 32),
    Buffer.from(hex.slice(0, 32)).toString('base64'),
    [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-'),
  ];
}

function writings(secret: string, origin: string): readonly unknown[] {
  return [
    secret,
    `whsec_${secret}`,
    `${origin}/hooks/${secret}`,
    `${origin}/api/webhooks/123456789/${secret}`,
    `${origin}/workflows/a?api-version=1&sp=a&sv=1.0&sig=${secret}`,
    [secret],
  ];
}

/** The example, sent to us, as it is and without the secrets that exclude others. */
function bases(kind: DestinationKind, origin: string): readonly { readonly [key: string]: unknown }[] {
  const example: { [key: string]: unknown } = { ...kind.example };
  for (const [key, field] of Object.entries(kind.schema.properties)) {
    if ('format' in field && field.format === 'url' && !('secret' in field)) example[key] = origin;
    else if (key === 'port') Object.assign(example, { host: '127.0.0.1', port: 9 });
  }
  if (kind.type === 'smtp') example['tls'] = 'none';
  const secret = new Set(secretPaths(kind.schema).map(([key = '']) => key));
  const without = (...keys: readonly string[]): { readonly [key: string]: unknown } =>
    Object.fromEntries(Object.entries(example).filter(([key]) => !keys.includes(key)));
  const bare = [without(), ...[...secret].map((key) => without(key)), without(...secret, 'username')];
  const addressed = secret.has('url') ? [{ ...without(...secret, 'username'), url: `${origin}/hooks/none` }] : [];
  return [...bare, ...addressed].flatMap((base) => [base, { ...base, username: 'herald' }]);
}

function put(base: unknown, [key, ...rest]: readonly string[], value: unknown): { readonly [key: string]: unknown } {
  const outer = typeof base === 'object' && base !== null ? (base as { readonly [key: string]: unknown }) : {};
  return key === undefined ? outer : { ...outer, [key]: rest.length === 0 ? value : put(outer[key], rest, value) };
}

function isValid(kind: DestinationKind, entry: { readonly [key: string]: unknown }): boolean {
  if (validate(destinationSchema(kind), entry).length > 0) return false;
  const { type: _, ...own } = entry;
  return (kind.check?.(load(kind.schema, own)) ?? []).length === 0;
}
