import { isDigit, isSpace, isWord } from './characters.ts';
import { keyAbove, takeLocals, valueKeys } from './enclosing.ts';
import type { KeyRule, Secrecy } from './key-rule.ts';
import { isMasked } from './kinds.ts';
import type { Spans } from './spans.ts';
import { afterHost, userInfo } from './urls.ts';
import { readValue, type Place } from './values.ts';

const gapMax = 4;
const keyLengthMax = 96;

/**
 * `key=value`, `"key": "value"`, `'key': 'value'`, `Key: value`, `('key', 'value')`, `<key>value</key>`: takes the value out
 * when the key says that it is secret. `at` is the separator. Gives where to go on, `at` when the value may be read.
 */
export function pair(text: string, at: number, keys: KeyRule, found: Spans): number {
  let end = at;
  let quoted = false;
  for (let i = 0; i < gapMax && end > 0; i++) {
    const code = text.charCodeAt(end - 1);
    if (code === 34 || code === 39) quoted = true;
    else if (!isSpace(code) && code !== 92 && code !== 93 && !(code === 91 && text.charCodeAt(end) === 93)) break;
    end--;
  }
  if (!isWord(text.charCodeAt(end - 1))) return at;
  const start = wordStart(text, end);
  const separator = text.charCodeAt(at);
  if (isDigit(text.charCodeAt(end - 1)) && isDigit(text.charCodeAt(start))) return at;
  if (separator === 44 && !isTuple(text, start, quoted)) return at;
  if (separator === 62 && (end !== at || !isTag(text, start))) return element(text, at, keys, found);
  const key = text.slice(start, end);
  // Not where the quote itself is escaped: there the braces are seen without their quotes.
  if (quoted && key === 'locals' && text.charCodeAt(end) !== 92) return takeLocals(text, at, found);
  const secrecy = secrecyOf(text, start, key, quoted, keys);
  if (secrecy === 'plain') return at;
  const query = separator === 61 && !quoted && isArgument(text, start, at);
  const place: Place = { separator, quoted, query, secrecy, lineStart: separator === 58 ? lineStart(text, start) : -1 };
  if (secrecy === 'code' && !quoted && keys(`${wordBefore(text, start)}_${key}`) === 'plain') return at;
  return take(text, at, place, found);
}

/** What the key says; one that only says "the value" leaves it to the key above or the name beside it. */
function secrecyOf(text: string, start: number, key: string, quoted: boolean, keys: KeyRule): Secrecy {
  const own = keys(key);
  if (own !== 'plain' || !quoted || !valueKeys.has(key)) return own;
  const above = keyAbove(text, start);
  return above === undefined ? 'plain' : keys(above);
}

function take(text: string, at: number, place: Place, found: Spans): number {
  if (place.secrecy === 'link') return takeLink(text, at, place, found);
  if (place.secrecy === 'state' && !isState(text, at, place)) return at;
  const value = readValue(text, at + 1, place);
  if (value === undefined) return at;
  if (!isMasked(text, value.start, value.end)) found.add(value.start, value.end, place.query ? 'query' : 'key');
  return value.end;
}

const nearLength = 64;

/** `state` is a secret as an argument of a URL or of a query string, elsewhere when it looks random. */
function isState(text: string, at: number, place: Place): boolean {
  if (place.query || (at === 5 && text.startsWith('state='))) return true;
  // A window, because a value that stays is read again by the pairs inside it.
  const near = text.slice(at + 1, at + 1 + nearLength);
  if (!/\d/.test(near)) return false;
  const value = readValue(near, 0, place);
  return value !== undefined && looksRandom(near.slice(value.start, value.end));
}

function takeLink(text: string, at: number, place: Place, found: Spans): number {
  const scheme = text.slice(at, at + nearLength).indexOf('://');
  if (scheme < 0) return at;
  const value = readValue(text, at + 1, place);
  if (value === undefined || at + scheme >= value.end) return at;
  const path = afterHost(text, value.start);
  if (path === undefined || path >= value.end) return at;
  userInfo(text, at + scheme, found);
  if (!isMasked(text, path, value.end)) found.add(path, value.end, 'url');
  return value.end;
}

const tagLengthMax = 160;
const tag = /<(?:[\w.-]{1,64}:)?([\w-]{1,96})\s[^<>]*[^<>/]$/;

/** `<Password Type="…">value</Password>`: `at` ends a tag that has more than its name. */
function element(text: string, at: number, keys: KeyRule, found: Spans): number {
  const name = tag.exec(text.slice(Math.max(0, at - tagLengthMax), at))?.[1];
  const secrecy = name === undefined ? 'plain' : keys(name);
  if (secrecy === 'plain' || secrecy === 'state' || secrecy === 'link') return at;
  return take(text, at, { separator: 62, quoted: false, query: false, secrecy, lineStart: -1 }, found);
}

function wordStart(text: string, end: number): number {
  const stop = Math.max(0, end - keyLengthMax);
  let start = end;
  while (start > stop && isWord(text.charCodeAt(start - 1))) start--;
  return start;
}

/** True for the name of an element, also behind a prefix: `<password`, `<ns:password`. */
function isTag(text: string, start: number): boolean {
  if (text.charCodeAt(start - 1) === 60) return true;
  return text.charCodeAt(start - 1) === 58 && text.charCodeAt(wordStart(text, start - 1) - 1) === 60;
}

/** True when the quoted word at `start` is the first of a pair in parentheses or brackets, also as Python bytes. */
function isTuple(text: string, start: number, quoted: boolean): boolean {
  if (!quoted) return false;
  let i = start - 1;
  const quote = text.charCodeAt(i);
  if (quote !== 34 && quote !== 39) return false;
  i--;
  if (text.charCodeAt(i) === 98) i--; // b'…'
  const open = text.charCodeAt(i);
  return open === 40 || open === 91;
}

/** True when the key at `start` follows `?`, `&`, `#` or, as in `query=token=…`, `=`, and no blank is around the `=` at `at`. */
function isArgument(text: string, start: number, at: number): boolean {
  if (isSpace(text.charCodeAt(at - 1)) || isSpace(text.charCodeAt(at + 1))) return false;
  const before = text.charCodeAt(start - 1);
  return before === 63 || before === 38 || before === 35 || before === 61;
}

const indentMax = 64;

/** Where the line begins on which the key at `start` stands first, as in YAML and in headers; -1 when something is before it. */
function lineStart(text: string, start: number): number {
  let i = start;
  while (i > 0 && start - i < indentMax && (text.charCodeAt(i - 1) === 32 || text.charCodeAt(i - 1) === 45)) i--;
  return i === 0 || text.charCodeAt(i - 1) === 10 ? i : -1;
}

/** The word before the blank at `start - 1`: "status" of "status code". */
function wordBefore(text: string, start: number): string {
  if (start < 2 || !isSpace(text.charCodeAt(start - 1))) return '';
  return text.slice(wordStart(text, start - 1), start - 1);
}

/** True for a text like `q7Yc2LkP0vWn`, false for `enabled`, `SUCCESS` or `New York 2`. */
export function looksRandom(text: string): boolean {
  return text.length >= 8 && /\d/.test(text) && /[a-z]/i.test(text) && !/\s/.test(text);
}
