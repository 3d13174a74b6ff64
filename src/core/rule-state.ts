import type { Json } from './json.ts';

/** What rules remember under one name: a value as it was last written whole, and what was added to it since, oldest first. */
export type Remembered = readonly [whole: Json, ...added: readonly Json[]];

/** All that rules remember: a value per rule, part and key, by a name that begins with the rule and the part. */
export type RuleState = ReadonlyMap<string, Remembered>;

/**
 * What changed of it: names that begin alike together. `whole` has the rest of each name with its new value; `null` forgets it. `added` has the
 * rest of a name and what its value grows by, in turn. A name in both has the value in `whole`, which knows what was added.
 */
export type RuleChanges = readonly (readonly [
  prefix: string,
  whole: readonly (readonly [rest: string, value: Json])[],
  added: readonly Json[],
])[];
