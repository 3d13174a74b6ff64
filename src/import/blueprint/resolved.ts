import type { Place } from '../findings.ts';
import type { Entry } from './entries.ts';
import type { Scalar } from './raw.ts';

/**
 * A value whose tags are resolved. `secret`: it comes from the environment or a file. A `key` is an object of the same
 * file; `find` is one that authentik looks for by its fields.
 */
export type Resolved =
  | {
      readonly kind: 'value';
      readonly value: Scalar;
      readonly indent?: number;
      readonly secret?: true;
      readonly at: Place;
    }
  | { readonly kind: 'list'; readonly items: readonly Resolved[]; readonly at: Place }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Resolved>; readonly at: Place }
  | { readonly kind: 'key'; readonly entry: Entry; readonly at: Place }
  | {
      readonly kind: 'find';
      readonly model: string;
      readonly fields: ReadonlyMap<string, Resolved>;
      readonly at: Place;
    };

/** One spelling for values that are the same. */
export function canonical(value: Resolved): string {
  switch (value.kind) {
    case 'value':
      return JSON.stringify(value.value);
    case 'list':
      return `[${value.items.map(canonical).join()}]`;
    case 'map':
      return `{${[...value.entries].map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join()}}`;
    case 'key':
      return `key ${value.entry.at.file}:${value.entry.at.line}`;
    default:
      return describeFind(value);
  }
}

/** `authentik_core.group "authentik Admins"`: what was looked for. */
export function describeFind({ model, fields }: Resolved & { kind: 'find' }): string {
  const texts = [...fields].map(([name, value]) =>
    name === 'name' ? canonical(value) : `${name} ${canonical(value)}`,
  );
  return `${model} ${texts.join(', ')}`;
}

/** The text of a value, undefined for anything else. */
export function textOf(value: Resolved | undefined): string | undefined {
  return value?.kind === 'value' && typeof value.value === 'string' ? value.value : undefined;
}

/** Nothing, as a key that is left out or null. */
export function isNothing(value: Resolved | undefined): value is undefined {
  return value === undefined || (value.kind === 'value' && value.value === null);
}
