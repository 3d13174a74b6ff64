import { startOf } from './grapheme.ts';

/** Names have 150 characters at most in authentik, mail addresses 254: what is longer somebody made up, or it is no name. */
const wholeCharsMax = 256;
const startCharsMax = 236;

/**
 * A value as it is remembered and told again: the same, or its start and `…`, 256 UTF-16 units at most. Of the short form it makes the same, so
 * whoever knows a value only by it gives it the same pseudonym as who knows all of it.
 */
export function shortValue(value: string): string {
  if (value.length <= wholeCharsMax) return value;
  const composed = value.normalize();
  return composed.length <= wholeCharsMax ? composed : `${startOf(composed, startCharsMax)}…`;
}
