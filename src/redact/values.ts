import { bracketEnd, callEnd, closing, reprEnd } from './brackets.ts';
import { isDigit, isSpace, isWord, stops, until } from './characters.ts';
import { skipMark } from './kinds.ts';
import type { Secrecy } from './key-rule.ts';

/** How a key stands in its text, which decides where its value ends. */
export interface Place {
  /** `=`, `:`, `,` or `>`. */
  readonly separator: number;
  /** The key stands in quotes. */
  readonly quoted: boolean;
  /** The key is an argument of a URL. */
  readonly query: boolean;
  readonly secrecy: Secrecy;
  /** Where the line begins when the key is its first word, else -1. */
  readonly lineStart: number;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

const gapMax = 32;
const queryEnd = stops('& \t\r\n"\'<>`#');
const bareEnd = stops(' \t\r\n"\'<>`;');
const clauseEnd = stops('\r\n"<>,;)}');
const jsonEnd = stops(' \t\r\n"\'<>,;)}]');
const elementEnd = stops('<');
const closers = stops(' \t)]},.;:!?');
const lineEnd = stops('\r\n');
const tickEnd = stops('`\r\n');

/** Where the value behind a separator stands, without its quotes. Undefined when there is none, or when it holds pairs of its own. */
export function readValue(text: string, from: number, place: Place): Range | undefined {
  if (place.separator === 62) return readElement(text, from);
  const start = skipBlanks(text, afterOperator(text, from, place), place);
  if (isNoSecret(text, start)) return undefined;
  const first = text.charCodeAt(start);
  if (place.query) return range(text, start, until(text, start, queryEnd));
  const quote = quoteAt(text, start);
  if (quote >= 0) return readQuoted(text, quote);
  // An escaped quote: the value is read when the escapes are taken off.
  if (first === 92) return undefined;
  if (first === 60) return range(text, start, reprEnd(text, start));
  // In JSON the keys of an object decide, in `password={…}` nothing but that one does.
  if (first === 123) return place.quoted ? undefined : range(text, start, bracketEnd(text, start));
  const marked = skipMark(text, start);
  if (marked > start) return { start, end: marked };
  if (first === 91 || first === 40) return readList(text, start);
  const bare = readBare(text, start, place);
  return bare && { start: bare.start, end: Math.max(bare.end, callEnd(text, bare.start)) };
}

/** Behind the rest of `=>` (Ruby and PHP), `==`, `===` and `:=`. */
function afterOperator(text: string, from: number, { separator }: Place): number {
  let i = from;
  while (i - from < 2 && text.charCodeAt(i) === 61) i++;
  return separator === 61 && i === from && text.charCodeAt(i) === 62 ? i + 1 : i;
}

const noSecret: ReadonlySet<string> = new Set(['true', 'false', 'none', 'null', 'nil', 'undefined']);

/** True for `true`, `None` and the like: they say whether there is a secret, never which. */
function isNoSecret(text: string, start: number): boolean {
  let end = start;
  while (end - start < 10 && isWord(text.charCodeAt(end))) end++;
  if (end - start < 3) return false;
  const next = text.charCodeAt(end);
  const ends = Number.isNaN(next) || !(next === 46 || next === 58 || next === 47 || isWord(next));
  return ends && noSecret.has(text.slice(start, end).toLowerCase());
}

/** The text of an element, up to its next tag. */
function readElement(text: string, from: number): Range | undefined {
  if (!text.startsWith(cdata, from)) return range(text, from, until(text, from, elementEnd));
  const end = text.indexOf(']]>', from);
  return range(text, from + cdata.length, end < 0 ? text.length : end);
}

const cdata = '<![CDATA[';

function range(text: string, start: number, end: number): Range | undefined {
  return end > start && start < text.length ? { start, end } : undefined;
}

function skipBlanks(text: string, from: number, { quoted, separator }: Place): number {
  let i = from;
  while (i - from < gapMax && (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9)) i++;
  // Pretty-printed JSON may break the line here; elsewhere the next line is another matter.
  if (quoted) while (i - from < gapMax && isSpace(text.charCodeAt(i))) i++;
  return separator === 61 && i - from > 2 ? from : i;
}

/** Where the quote of a value stands that begins at `start`, behind a prefix like Python's `b`; -1 when it is not quoted. */
function quoteAt(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === 34 || code === 39 || (code === 96 && isClosed(text, start))) return start;
  const next = text.charCodeAt(start + 1);
  const lower = code | 32;
  const prefix = lower === 98 || lower === 114 || lower === 117 || lower === 102;
  return prefix && (next === 34 || next === 39) ? start + 1 : -1;
}

/** True for a backtick with another one on its line: alone it is no quote. */
function isClosed(text: string, at: number): boolean {
  const end = until(text, at + 1, tickEnd);
  return end > at + 1 && text.charCodeAt(end) === 96;
}

function readQuoted(text: string, at: number): Range | undefined {
  const quote = text[at] ?? '';
  const wide = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  const start = at + wide.length;
  return range(text, start, closing(text, start, wide));
}

/** The inside of `[…]` or `(…)`, unless it holds objects, whose own keys decide. */
function readList(text: string, at: number): Range | undefined {
  const start = at + 1;
  let i = start;
  while (isSpace(text.charCodeAt(i)) && i - start < gapMax) i++;
  const first = text.charCodeAt(i);
  if (first === 123 || first === 60 || first === 93 || first === 41) return undefined;
  let depth = 1;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 91 || code === 40) depth++;
    else if ((code === 93 || code === 41) && --depth === 0) break;
    else if (code === 10) break;
  }
  return range(text, start, i);
}

function readBare(text: string, start: number, place: Place): Range | undefined {
  const { separator, secrecy, lineStart } = place;
  if (secrecy === 'line') return range(text, start, headerEnd(text, start));
  if (lineStart >= 0 && !place.quoted) {
    const end = until(text, start, lineEnd);
    // One line alone is prose rather than YAML.
    if (lineStart > 0 || end < text.length) return readYaml(text, start, end, lineStart);
  }
  const prose = separator === 58 && isSpace(text.charCodeAt(start - 1));
  if (prose && secrecy === 'password') return trim(text, start, until(text, start, clauseEnd));
  const value = trim(text, start, place.quoted ? until(text, start, jsonEnd) : bareTextEnd(text, start));
  if (value === undefined) return undefined;
  // "Failed to fetch the token: 401 Client Error", "Invalid code: expired".
  if (secrecy === 'password') return value;
  return isShortNumber(text, value) || (prose && isPlainWord(text, value)) ? undefined : value;
}

const statusDigitsMax = 3;
const plainWordMax = 12;

function isShortNumber(text: string, { start, end }: Range): boolean {
  if (end - start > statusDigitsMax) return false;
  for (let i = start; i < end; i++) if (!isDigit(text.charCodeAt(i))) return false;
  return true;
}

/** True for a word of prose: letters only, at most the first of them large. */
function isPlainWord(text: string, { start, end }: Range): boolean {
  if (end - start > plainWordMax) return false;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (!((code >= 97 && code <= 122) || (i === start && code >= 65 && code <= 90))) return false;
  }
  return true;
}

/** The end of a header's value: the line's, or the quote in which the whole header stands; not one of `a="b"`. */
function headerEnd(text: string, start: number): number {
  let inside = 0;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13) return i;
    if (code !== 34 && code !== 39) continue;
    if (code === inside) inside = 0;
    else if (inside === 0 && text.charCodeAt(i - 1) === 61) inside = code;
    else if (inside === 0) return i;
  }
  return text.length;
}

/** A YAML value: the rest of the line, the lines of a block that are indented deeper than the key, or the items below it. */
function readYaml(text: string, start: number, end: number, lineStart: number): Range | undefined {
  if (end === start) return readItems(text, end + 1);
  if (!/^[|>][+-]?\d?$/.test(text.slice(start, Math.min(end, start + 4)))) return trim(text, start, end);
  const indent = indentOf(text, lineStart);
  let to = end;
  while (to < text.length) {
    const next = until(text, to + 1, lineEnd);
    if (next > to + 1 && indentOf(text, to + 1) <= indent) break;
    to = next;
  }
  return range(text, Math.min(end + 1, to), to);
}

/** The lines of a YAML list of texts, from `start` on; undefined for a list of mappings, whose own keys decide. */
function readItems(text: string, start: number): Range | undefined {
  const indent = indentOf(text, start);
  let to = start;
  while (text.charCodeAt(to + indent) === 45 && indentOf(text, to) === indent) {
    const end = until(text, to, lineEnd);
    if (to === start && text.slice(to, end).includes(':')) return undefined;
    to = end + 1;
  }
  return range(text, start + indent, Math.min(to - 1, text.length));
}

function indentOf(text: string, lineStart: number): number {
  let i = lineStart;
  while (text.charCodeAt(i) === 32) i++;
  return i - lineStart;
}

/** The end of a value without quotes: a blank, or a comma or ampersand with another pair behind it. */
function bareTextEnd(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 128 && bareEnd[code] === 1) return i;
    if ((code === 44 || code === 38) && startsPair(text, i + 1)) return i;
  }
  return text.length;
}

const pairLookMax = 32;

function startsPair(text: string, at: number): boolean {
  if (at >= text.length || isSpace(text.charCodeAt(at))) return true;
  let i = at;
  while (i - at < pairLookMax && isWord(text.charCodeAt(i))) i++;
  const code = text.charCodeAt(i);
  return code === 61 || code === 58 || (code === 59 && i > at && !isDigit(text.charCodeAt(at)));
}

/** Without blanks and closing punctuation at the end, which belong to the sentence. */
function trim(text: string, start: number, end: number): Range | undefined {
  let to = end;
  while (to > start && closers[text.charCodeAt(to - 1)] === 1) to--;
  // A value that is all punctuation is still a value.
  return range(text, start, to === start ? end : to);
}
