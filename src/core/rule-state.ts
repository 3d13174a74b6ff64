import type { Json } from './json.ts';

/** All that rules remember: a value per rule, part and key, by a name that begins with the rule and the part. */
export type RuleState = ReadonlyMap<string, Json>;

/** What changed of it: names that begin alike together, each as the rest of the name and its new value; `null` forgets it. */
export type RuleChanges = readonly (readonly [
  prefix: string,
  changes: readonly (readonly [rest: string, value: Json])[],
])[];
