import { apiKey } from './api-keys.ts';
import { card } from './cards.ts';
import { isDigit, isSpace, isWord, stops, until } from './characters.ts';
import type { KeyRule } from './key-rule.ts';
import { oneTimeCode } from './one-time-code.ts';
import { mayBeSaml, saml } from './saml.ts';
import type { Spans } from './spans.ts';
import { secretPath } from './urls.ts';

/** Where else a detector may find something without a separator near; a text without a match has nothing there. */
export const wordStart =
  /bearer[\s+]|basic[\s+]|use-token\/|services\/|hooks\/|hookb2\/|(?:workflows|triggers)\/T|--[a-z-]/i;
/** What its matches begin with, in any case, three characters at least. */
export const wordOpenings: readonly string[] = [
  'bearer',
  'basic',
  'use-token/',
  'services/',
  'hooks/',
  'hookb2/',
  'workflows/',
  'triggers/',
  ...Array.from('abcdefghijklmnopqrstuvwxyz-', (char) => `--${char}`),
];
export const digitsStart = /(?:^|[ >:\n])\d{3}/;

const longLengthMin = 16;

/** A cheap look at a word before {@link token}: its length, its first character and the one behind it. */
export function mayMatter(length: number, first: number, next: number): boolean {
  if (length >= longLengthMin || next === 126) return true;
  if (next === 47) return length >= 5 && length <= 9;
  if (first < 58) return !isDigit(first) || length <= 8 || length >= 14 || next === 58;
  if (next === 58) return first === 98;
  return mayBeSaml(length, first) || (length <= 6 && length >= 5 && isBlank(next)) || (first === 80 && length >= 8);
}

/** What a whole word, `start` to `end`, gives away together with what follows it. Gives where to go on, `end` when nothing. */
export function token(text: string, start: number, end: number, keys: KeyRule, found: Spans): number {
  const length = end - start;
  const first = text.charCodeAt(start);
  const next = text.charCodeAt(end);
  if (isDigit(first)) return digits(text, start, end, found);
  if (first === 45) return dashed(text, start, end, keys, found);
  const before = found.size;
  const to = apiKey(text, start, end, found);
  if (found.size > before) return to;
  if (next === 47 && length >= 5 && length <= 9) return secretPath(text, start, end, found);
  if (next === 58 && first === 98 && length > 6) return telegramBot(text, start, end, found);
  if (next === 58 && text.startsWith('PuTTY-User-Key-File', start)) return puttyKey(text, start, found);
  if (mayBeSaml(length, first)) return saml(text, start, end, found);
  return isBlank(next) ? scheme(text, start, end, found) : end;
}

/** What a word that begins with a digit can be. */
function digits(text: string, start: number, end: number, found: Spans): number {
  const before = found.size;
  for (const detect of [telegramToken, card, oneTimeCode, apiKey]) {
    const to = detect(text, start, end, found);
    if (found.size > before) return to;
  }
  return end;
}

const jwtLengthMin = 16;

/** A JWT, or another text that begins as JSON does in base 64; `at` is the third letter of `eyJ`. */
export function jwt(text: string, at: number, found: Spans): number {
  if (text.charCodeAt(at - 1) !== 121 || text.charCodeAt(at - 2) !== 101) return at;
  let end = at + 1;
  while (end < text.length && isBase64(text.charCodeAt(end))) end++;
  while (text.charCodeAt(end - 1) === 46) end--;
  if (end - at + 2 < jwtLengthMin) return at;
  found.add(at - 2, end, 'jwt');
  return end;
}

function isBase64(code: number): boolean {
  return (code < 128 && isWord(code)) || code === 46 || code === 43 || code === 47 || code === 61;
}

const tokenEnd = stops(' \t\r\n"\'<>,;)}]\\&[');

/** A blank, also as the query of a URL writes it. */
function isBlank(code: number): boolean {
  return isSpace(code) || code === 43;
}

/** The credentials behind `Bearer`, `Basic` and the like, when they look like some: prose has "basic authentication" too. */
function scheme(text: string, start: number, end: number, found: Spans): number {
  const length = end - start;
  if (length !== 6 && length !== 5) return end;
  const name = text.slice(start, end).toLowerCase();
  if (name !== 'bearer' && name !== 'basic') return end;
  let from = end;
  while (from - end < 8 && isBlank(text.charCodeAt(from))) from++;
  const to = until(text, from, tokenEnd);
  const size = to - from;
  const credentials = text.slice(from, to);
  const looksRandom = size >= 24 || (size >= 6 && /\d|[a-z][A-Z]|=$/.test(credentials));
  // `Bearer realm="…"` is what a server asks with.
  if (!looksRandom || credentials.startsWith('realm=')) return end;
  found.add(from, to, 'authorization');
  return to;
}

/** With the blanks of a form's body, too. */
const privateKey = /^[A-Z0-9 +]{0,24}PRIVATE[ +]KEY(?:[ +]BLOCK)?-----/;

/** `-----BEGIN … PRIVATE KEY-----` up to its end, and `--password value` of a command line. */
function dashed(text: string, start: number, end: number, keys: KeyRule, found: Spans): number {
  if (text.startsWith('-----BEGIN', start)) {
    if (!privateKey.test(text.slice(end, end + 48))) return end;
    const last = text.indexOf('-----END', end);
    const close = last < 0 ? -1 : text.indexOf('-----', last + 8);
    const to = close < 0 ? text.length : close + 5;
    found.add(start, to, 'private_key');
    return to;
  }
  if (!text.startsWith('--', start) || text.charCodeAt(end) !== 32 || end - start > 64) return end;
  const from = end + 1;
  const secrecy = keys(text.slice(start + 2, end));
  if (secrecy === 'plain' || text.charCodeAt(from) === 45 || text.charCodeAt(from) === 91) return end;
  const to = until(text, from, tokenEnd);
  found.add(from, to, 'key');
  return Math.max(to, end);
}

/** `…/bot<number>:<token>/sendMessage`. */
function telegramBot(text: string, start: number, end: number, found: Spans): number {
  if (!/^bot\d{6,12}$/.test(text.slice(start, Math.min(end, start + 16)))) return end;
  const to = until(text, end + 1, tokenEnd);
  const slash = text.slice(end + 1, to).indexOf('/');
  const stop = slash < 0 ? to : end + 1 + slash;
  if (stop - end < 24) return end;
  found.add(end + 1, stop, 'url');
  return stop;
}

const telegram = /:AA[\w-]{33}(?!\w)/y;

/** `<number>:AA<33 characters>`, the token of a bot. */
function telegramToken(text: string, start: number, end: number, found: Spans): number {
  telegram.lastIndex = end;
  if (end - start < 8 || end - start > 10 || !telegram.test(text)) return end;
  found.add(end + 1, telegram.lastIndex, 'api_key');
  return telegram.lastIndex;
}

/** A key file of PuTTY, up to its last line. */
function puttyKey(text: string, start: number, found: Spans): number {
  const last = text.indexOf('Private-MAC:', start);
  const lineEnd = last < 0 ? -1 : text.indexOf('\n', last);
  const to = lineEnd < 0 ? text.length : lineEnd;
  found.add(start, to, 'private_key');
  return to;
}
