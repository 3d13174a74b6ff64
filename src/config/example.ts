import { stringify } from 'yaml';
import { isObject } from '../core/json.ts';
import type { ObjectSchema, Schema } from '../core/schema.ts';

/** What the example says about one kind of component. */
interface Exemplified {
  readonly type: string;
  readonly summary: string;
  readonly schema: ObjectSchema;
  readonly example: { readonly [key: string]: unknown };
}

/** An entry of `sources` that is switched off: what it is on a line with `##`, the YAML itself on lines with `# `. */
export function commentedSource(kind: Exemplified): string {
  return block(kind.summary, stringify([entryOf(kind)], yamlOptions));
}

/** The same for `destinations`, named by its type. */
export function commentedDestination(kind: Exemplified): string {
  return block(kind.summary, stringify({ [`my-${kind.type}`]: entryOf(kind) }, yamlOptions));
}

/** The example as the user would write it: with its secrets in the environment. */
export function entryOf({ type, schema, example }: Exemplified): object {
  return { type, ...fieldsOf(schema, example, type) };
}

function fieldsOf(schema: ObjectSchema, example: { readonly [key: string]: unknown }, prefix: string): object {
  const fields = Object.entries(example).map(([key, value]) => {
    const field = Object.hasOwn(schema.properties, key) ? schema.properties[key] : schema.additionalProperties;
    return [key, field === undefined ? value : withoutSecrets(field, value, key, prefix)];
  });
  return Object.fromEntries(fields);
}

function withoutSecrets(schema: Schema, value: unknown, key: string, prefix: string): unknown {
  if ('anyOf' in schema) {
    const branch = schema.anyOf.find((candidate) => 'type' in candidate && candidate.type === typeof value);
    return branch === undefined ? value : withoutSecrets(branch, value, key, prefix);
  }
  if ('json' in schema) return value;
  if (schema.type === 'object' && isObject(value)) return fieldsOf(schema, value, prefix);
  const secret = schema.type === 'string' && schema.secret === true;
  return secret ? `\${env:${variable(`${prefix}_${key}`)}}` : value;
}

function variable(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}

/** How examples are written. */
export const yamlOptions = { lineWidth: 0, flowCollectionPadding: false } as const;

/** Deleting one `# ` in front of every line switches the block on; the summary is a comment even then. */
function block(summary: string, yaml: string): string {
  const lines = yaml.trimEnd().split('\n');
  return [`  ## ${summary}`, ...lines.map((line) => `  # ${line}`), ''].join('\n');
}
