import { isDigit, isSpace, isWord, stops, until } from './characters.ts';
import type { KeyRule } from './key-rule.ts';
import { openCodes } from './key-words.ts';
import type { Spans } from './spans.ts';
import { secretPath } from './urls.ts';

/** Prefixes by which services mark their keys, with the shortest length of a whole one. */
const prefixes: readonly (readonly [prefix: string, lengthMin: number])[] = [
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((prefix) => [prefix, 20] as const),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'].map((prefix) => [prefix, 24] as const),
  ...['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glsa_', 'glc_'].map((prefix) => [prefix, 16] as const),
  ...['xoxa-', 'xoxb-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxf-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'].map(
    (prefix) => [prefix, 16] as const,
  ),
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_', 'sk-', 'shpat_', 'shpss_'].map(
    (prefix) => [prefix, 20] as const,
  ),
  ...['AIza', 'npm_', 'pypi-', 'dop_v1_', 'hf_', 'pat_', 'lin_api_', 'AGE-SECRET-KEY-', 'EAACEdEose0cBA'].map(
    (prefix) => [prefix, 30] as const,
  ),
];
const dotted: readonly string[] = ['SG', 'ya29', 'hvs', 'hvb'];
const prefixLengthMin = 16;

const byFirst: readonly (readonly (readonly [prefix: string, lengthMin: number])[])[] = Array.from(
  { length: 128 },
  (_, code) => prefixes.filter(([prefix]) => prefix.charCodeAt(0) === code),
);

/** Where keys of services and JWTs may be: a text without a match has none. */
export const tokenStart = new RegExp(
  ['eyJ', ...prefixes.map(([prefix]) => prefix), ...dotted.map((prefix) => `${prefix}\\.`)].join('|'),
);

/** Where else a detector may find something without a separator near; a text without a match has nothing there. */
export const wordStart = /bearer[\s+]|basic[\s+]|use-token\/|services\/|hooks\/|hookb2\/|--[a-z-]/i;
export const digitsStart = /[ >:\n]\d{3}/;

/** A cheap look at a word before {@link token}: its length, its first character and the one behind it. */
export function mayMatter(length: number, first: number, next: number): boolean {
  if (length >= prefixLengthMin) return true;
  if (next === 47) return length >= 5 && length <= 9;
  if (first < 58) return isDigit(first) ? length <= 8 : true;
  return next === 58 ? first === 98 : length <= 6 && length >= 5 && isBlank(next);
}

/** What a whole word, `start` to `end`, gives away together with what follows it. Gives where to go on, `end` when nothing. */
export function token(text: string, start: number, end: number, keys: KeyRule, found: Spans): number {
  const length = end - start;
  const first = text.charCodeAt(start);
  const next = text.charCodeAt(end);
  if (length >= prefixLengthMin) {
    for (const [prefix, lengthMin] of byFirst[first] ?? []) {
      if (length < lengthMin || !text.startsWith(prefix, start)) continue;
      found.add(start, end, 'api_key');
      return end;
    }
  }
  if (next === 47 && length >= 5 && length <= 9) return secretPath(text, start, end, found);
  if (isDigit(first)) return length <= 8 ? oneTimeCode(text, start, end, found) : end;
  if (first === 45) return dashed(text, start, end, keys, found);
  if (next === 58 && first === 98 && length > 6) return telegramBot(text, start, end, found);
  return isBlank(next) ? scheme(text, start, end, found) : end;
}

/** `SG.…`, `ya29.…`: keys whose prefix ends with the dot at `at`. */
export function dottedToken(text: string, start: number, at: number, found: Spans): number {
  if (at - start > 4 || at - start < 2 || !dotted.includes(text.slice(start, at))) return at;
  const end = until(text, at, tokenEnd);
  if (end - at < 20) return at;
  found.add(start, end, 'api_key');
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
  const looksRandom = size >= 24 || (size >= 6 && /\d|[a-z][A-Z]|=$/.test(text.slice(from, to)));
  if (!looksRandom) return end;
  found.add(from, to, 'authorization');
  return to;
}

/** `-----BEGIN … PRIVATE KEY-----` up to its end, and `--password value` of a command line. */
function dashed(text: string, start: number, end: number, keys: KeyRule, found: Spans): number {
  if (text.startsWith('-----BEGIN', start)) {
    if (!text.slice(end, end + 40).includes('PRIVATE KEY-----')) return end;
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

const lookBack = 40;

/** A number of 4 to 8 digits (or `123 456`) that the words before it call a code, or that stands alone in an HTML element. */
function oneTimeCode(text: string, start: number, end: number, found: Spans): number {
  const before = text.charCodeAt(start - 1);
  if (before !== 32 && before !== 62 && before !== 58 && before !== 10) return end;
  let to = end;
  if (end - start === 3 && /^[ ]\d{3}(?!\w)/.test(text.slice(end, end + 5))) to = end + 4;
  if (to - start < 4) return end;
  for (let i = start; i < end; i++) if (!isDigit(text.charCodeAt(i))) return end;
  if (before !== 62 || text.charCodeAt(to) !== 60) {
    const words = /(?:([a-z]+)[ _-])?(code|otp|pin|passcode)\b[^\d.\n]*$/i.exec(
      text.slice(Math.max(0, start - lookBack), start),
    );
    if (words === null || openCodes.has((words[1] ?? '').toLowerCase())) return end;
  }
  found.add(start, to, 'code');
  return to;
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
