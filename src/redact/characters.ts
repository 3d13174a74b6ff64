/** What a character can mean to {@link scan}: one byte per ASCII code, everything else is `foreign`. */
export const classes = new Uint8Array(128);

export const blank = 0; // ends a word and means nothing else
export const word = 1; // letters, digits, `_` and `-`
export const letterJ = 2; // a word's letter, the third of every JWT
export const separator = 3; // `=` `:` `,` `>`: a key may stand before it
export const bracket = 4; // `[`: one of our marks may start
export const escape = 5; // `%` `\` `&`: something may be encoded
export const dot = 6;
export const dollar = 7; // a hash of a password may begin or go on
export const foreign = 8; // not ASCII: part of names, but keys of services end there

for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIKLMNOPQRSTUVWXYZ0123456789_-')
  classes[char.charCodeAt(0)] = word;
classes['J'.charCodeAt(0)] = letterJ;
for (const char of '=:,>') classes[char.charCodeAt(0)] = separator;
for (const char of '%\\&') classes[char.charCodeAt(0)] = escape;
classes['['.charCodeAt(0)] = bracket;
classes['.'.charCodeAt(0)] = dot;
classes['$'.charCodeAt(0)] = dollar;

const wordChars = classes.map((kind) => (kind === word || kind === letterJ ? 1 : 0));

/** True for the characters of words: ASCII letters, digits, `_`, `-` and all that is not ASCII. False behind the end (NaN). */
export function isWord(code: number): boolean {
  return code < 128 ? wordChars[code] === 1 : code >= 128;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Blank, tab, line feed or carriage return. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13;
}

/** A set of ASCII characters, by code. */
export type Stops = Uint8Array;

/** The set of a string's characters, for {@link until}. */
export function stops(chars: string): Stops {
  const table = new Uint8Array(128);
  for (const char of chars) table[char.charCodeAt(0)] = 1;
  return table;
}

/** The first place from `start` on whose character is one of `set`, or `end`, at most the end of the text. */
export function until(text: string, start: number, set: Stops, end = text.length): number {
  const stop = Math.min(end, text.length);
  let i = start;
  for (; i < stop; i++) {
    const code = text.charCodeAt(i);
    if (code < 128 && set[code] === 1) return i;
  }
  return Math.max(i, start);
}
