import { blank, bracket, classes, dollar, dot, escape, foreign, letterJ, separator, word } from './characters.ts';
import { hasEscape, isFullWidth } from './layers.ts';
import type { KeyRule } from './key-rule.ts';
import { skipMark } from './kinds.ts';
import { pair } from './pairs.ts';
import { passwordHash } from './password-hash.ts';
import type { Spans } from './spans.ts';
import { dottedKey } from './api-keys.ts';
import { jwt, mayMatter, token } from './tokens.ts';
import { userInfo } from './urls.ts';

/**
 * Runs every detector over one text in one pass, each only where the character that gives it away stands, and adds what
 * they find. True when a part of the text is encoded, so that the decoded text wants to be looked at too. Linear: a
 * detector looks a bounded way around, or its find is skipped.
 */
export function scan(text: string, keys: KeyRule, found: Spans): boolean {
  const { length } = text;
  let encoded = false;
  let start = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const kind = code < 128 ? (classes[code] ?? word) : foreign;
    if (kind === word) continue;
    let next = i;
    if (kind === letterJ) {
      next = jwt(text, i, found);
      if (next === i) continue;
    } else {
      if (i - start > 2 && mayMatter(i - start, text.charCodeAt(start), code))
        next = token(text, start, i, keys, found);
      if (next === i && kind !== blank) {
        if (kind === separator)
          next = code === 58 && isUrl(text, i) ? userInfo(text, i, found) : pair(text, i, keys, found);
        else if (kind === bracket) next = skipMark(text, i);
        else if (kind === dot) next = dottedKey(text, start, i, found);
        else if (kind === dollar) next = passwordHash(text, start, i, found);
        else if (kind === escape) encoded ||= hasEscape(text, i);
        else if (kind === foreign) encoded ||= isFullWidth(code);
      }
    }
    if (next > i) {
      i = next - 1;
      start = next;
    } else start = i + 1;
  }
  if (length - start > 2) token(text, start, length, keys, found);
  return encoded;
}

function isUrl(text: string, at: number): boolean {
  return text.charCodeAt(at + 1) === 47 && text.charCodeAt(at + 2) === 47;
}
