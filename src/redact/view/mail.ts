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

/** An apostrophe is a part of `o'brien`, and at the edge a quotation mark. */
function isLocal(text: string, at: number): boolean {
  const char = text.charAt(at);
  if (char === "'") return at > 0 && /\p{L}/u.test(text.charAt(at - 1));
  return localChar.test(char) || isSurrogate(char);
}

function isSurrogate(char: string): boolean {
  return char >= '\ud800' && char <= '\udfff';
}
