import type { Place } from './known.ts';

const localChar = /[\p{L}\p{N}\p{M}.!#$*+^_~-]/u;
const domainChar = /[\p{L}\p{N}\p{M}.-]/u;
const localCharsMax = 256;
const domainCharsMax = 255;

/** The places of all mail addresses in a text, whoever's they are. Time grows with the text only. */
export function mailsIn(text: string): readonly Place[] {
  let at = text.indexOf('@');
  if (at < 0) return none;
  const hits: Place[] = [];
  for (; at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < localCharsMax && isLocal(text, start - 1)) start -= 1;
    let end = at + 1;
    while (end < text.length && end - at <= domainCharsMax && domainChar.test(text.charAt(end))) end += 1;
    while (end > at && /[.-]/.test(text.charAt(end - 1))) end -= 1;
    if (start < at && end > at + 1) hits.push({ start, end, identity: 'mail' });
  }
  return hits;
}

const none: readonly never[] = [];

/** An apostrophe is a part of `o'brien`, and at the edge a quotation mark. */
function isLocal(text: string, at: number): boolean {
  const char = text.charAt(at);
  if (char === "'") return at > 0 && /\p{L}/u.test(text.charAt(at - 1));
  return localChar.test(char) || isSurrogate(char);
}

function isSurrogate(char: string): boolean {
  return char >= '\ud800' && char <= '\udfff';
}
