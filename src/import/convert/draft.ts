import type { Template } from './mapping.ts';

/** A destination of the configuration; `comments` stand above it. */
export interface DestinationDraft {
  readonly name: string;
  readonly options: { readonly [name: string]: Template };
  readonly comments: readonly string[];
}
