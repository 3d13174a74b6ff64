import type { Spans } from './spans.ts';

/** Where a hash of a password may be: a text without a match has none. */
export const hashStart =
  /(?:pbkdf2_sha\d{1,3}|bcrypt|bcrypt_sha256|argon2|scrypt)\$|\$(?:2[abxy]|argon2|[1567]\$|g?y\$)/;
/** What its matches begin with, three characters at least. */
export const hashOpenings: readonly string[] =
  'pbkdf2_ bcrypt argon2 scrypt $2a $2b $2x $2y $argon2 $1$ $5$ $6$ $7$ $y$ $gy$'.split(' ');

/** Names by which Django begins its hashes. */
const named = /^(?:pbkdf2_sha\d{1,3}|bcrypt(?:_sha256)?|argon2|scrypt)$/;
const namedRest = /[\w=,.$+/-]{20,512}/y;
/** The forms of crypt(5). */
const crypt =
  /\$(?:2[abxy]\$\d\d\$[\w./]{31,64}|argon2(?:id?|d)\$[\w=,.$+/-]{20,512}|(?:[1567]|g?y)\$(?:[\w=,./]{1,64}\$){1,3}[\w./]{22,128})/y;

/**
 * The hash of a password, which databases quote when they refuse a row; `at` is a dollar sign and `start` where the word before it
 * begins. Gives where to go on, `at` when there is none.
 */
export function passwordHash(text: string, start: number, at: number, found: Spans): number {
  const isNamed = at - start <= 16 && named.test(text.slice(start, at));
  const shape = isNamed ? namedRest : crypt;
  shape.lastIndex = at;
  if (!shape.test(text)) return at;
  found.add(isNamed ? start : at, shape.lastIndex, 'password_hash');
  return shape.lastIndex;
}
