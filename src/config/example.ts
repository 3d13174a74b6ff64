import { stringify } from 'yaml';
import type { ObjectSchema } from '../core/schema.ts';

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
export function entryOf({ type, schema, example }: Exemplified): { readonly [key: string]: unknown } {
  const options = Object.entries(example).map(([key, value]) => {
    const field = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    const secret = field !== undefined && 'secret' in field;
    return [key, secret ? `\${env:${type.toUpperCase()}_${key.toUpperCase()}}` : value];
  });
  return { type, ...Object.fromEntries(options) };
}

/** How examples are written. */
export const yamlOptions = { lineWidth: 0, flowCollectionPadding: false } as const;

/** Deleting one `# ` in front of every line switches the block on; the summary is a comment even then. */
function block(summary: string, yaml: string): string {
  const lines = yaml.trimEnd().split('\n');
  return [`  ## ${summary}`, ...lines.map((line) => `  # ${line}`), ''].join('\n');
}
