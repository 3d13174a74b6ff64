import type { Place } from '../findings.ts';
import type { TagName } from './tags.ts';

export type Scalar = string | number | boolean | null;

/** A blueprint's YAML as it is written: tags are not resolved yet. `indent`: how far the lines of a text in the form of `|` are indented in the file. */
export type Raw =
  | { readonly kind: 'value'; readonly value: Scalar; readonly indent?: number; readonly at: Place }
  | { readonly kind: 'list'; readonly items: readonly Raw[]; readonly at: Place }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Raw>; readonly at: Place }
  | { readonly kind: 'tag'; readonly tag: TagName; readonly content: Raw; readonly at: Place };

/** Everything in a value, itself included. */
export function* walk(raw: Raw): Generator<Raw> {
  yield raw;
  if (raw.kind === 'list') for (const item of raw.items) yield* walk(item);
  if (raw.kind === 'map') for (const item of raw.entries.values()) yield* walk(item);
  if (raw.kind === 'tag') yield* walk(raw.content);
}
