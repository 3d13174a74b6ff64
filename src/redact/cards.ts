import type { Spans } from './spans.ts';

/** Where a card number may be: a text without a match has none. */
export const cardStart = /\d{4}[ -]?\d{4}/;

/** In one piece, in groups of four, or as American Express prints it. */
const shape = /(?:\d{14,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5})(?![\w]|[.,-]\d)/y;

/** The numbers that Visa, Mastercard, American Express, Diners, Discover and JCB give out. */
const issued =
  /^(?:4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12})$/;

/** A card number at `start`, where a word begins. Gives where to go on, `end` when it is none. */
export function card(text: string, start: number, end: number, found: Spans): number {
  const length = end - start;
  if (length < 14 && !(length === 4 && text.charCodeAt(end) === 32)) return end;
  const before = text.charCodeAt(start - 1);
  // Part of a fraction, or a telephone number.
  if (before === 46 || before === 43) return end;
  shape.lastIndex = start;
  const match = shape.exec(text);
  if (match === null || !isCardNumber(match[0].replaceAll(/[ -]/g, ''))) return end;
  found.add(start, shape.lastIndex, 'card');
  return shape.lastIndex;
}

/** True for digits that a card may have: of an issuer, with the right check digit. */
export function isCardNumber(digits: string): boolean {
  if (!issued.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const value = (digits.charCodeAt(digits.length - 1 - i) - 48) * (i % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
