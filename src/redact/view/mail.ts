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
    const start = localStart(text, at);
    const end = domainEnd(text, at);
    if (start < at && end > at + 1) hits.push({ start, end, identity: 'mail' });
  }
  return hits;
}

/** A mail address with the name before it, which may be empty. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

const mailboxCharsMax = 1000;
const mailbox = /^\s*(?:"([^"]*)"\s*|([^"<>,;@]*))<\s*([^\s<>@]+@[^\s<>@]+)\s*>\s*$/;
const bare = /^\s*([^\s<>@,;"]+@[^\s<>@,;"]+)\s*$/;

/** The recipients of `Ada Lovelace <ada@example.com>` and of lists of those; undefined for one address alone and for all that is neither. */
export function mailboxesOf(text: string): readonly Mailbox[] | undefined {
  if (!/[<,;]/.test(text) || text.length > mailboxCharsMax) return undefined;
  const one = mailboxOf(text);
  if (one !== undefined) return [one];
  const boxes = text.split(/[,;]/).map(mailboxOf);
  return boxes.every((box) => box !== undefined) ? boxes : undefined;
}

function mailboxOf(text: string): Mailbox | undefined {
  const [, quoted, plain = '', address] = mailbox.exec(text) ?? [];
  if (address !== undefined) return { name: (quoted ?? plain).trim(), address };
  const [, alone] = bare.exec(text) ?? [];
  return alone === undefined ? undefined : { name: '', address: alone };
}

const none: readonly never[] = [];

/**
 * A local part in quotation marks may hold nearly everything. Its first one is no last one of something before it, as in
 * `{"a":"b","@type":1}`, and its last one is not escaped: that is one of the text below the escapes.
 */
const quoted = /(?<![\p{L}\p{N}\\])"(?![\s:,;=|&)\]}"])(?:[^"\\\r\n]|\\.)+"$/u;

function localStart(text: string, at: number): number {
  if (text.charAt(at - 1) === '"') {
    const before = text.slice(Math.max(0, at - localCharsMax), at);
    return at - (quoted.exec(before)?.[0].length ?? 0);
  }
  let start = at;
  while (start > 0 && at - start < localCharsMax && isLocal(text, start - 1)) start -= 1;
  return start;
}

/** An address in the place of a domain: `[203.0.113.7]`, `[IPv6:2001:db8::7]`. */
const literal = /\[(?:IPv6:)?[\da-f:.]{2,45}\]/iy;

function domainEnd(text: string, at: number): number {
  literal.lastIndex = at + 1;
  if (literal.test(text)) return literal.lastIndex;
  let end = at + 1;
  while (end < text.length && end - at <= domainCharsMax && domainChar.test(text.charAt(end))) end += 1;
  while (end > at && /[.-]/.test(text.charAt(end - 1))) end -= 1;
  return end;
}

/** An apostrophe is a part of `o'brien`, and at the edge a quotation mark. */
function isLocal(text: string, at: number): boolean {
  const char = text.charAt(at);
  if (char === "'") return at > 0 && /\p{L}/u.test(text.charAt(at - 1));
  return localChar.test(char) || isSurrogate(char);
}

function isSurrogate(char: string): boolean {
  return char >= '\ud800' && char <= '\udfff';
}
