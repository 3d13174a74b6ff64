import { isDigit } from './characters.ts';
import { openCodes } from './key-words.ts';
import type { Spans } from './spans.ts';

const lookBack = 40;
const digitsMin = 4;
const digitsMax = 8;

const name = 'code|otp|pin|passcode|(?:one[ -]time|temporary) password';
/** What stands before the last digit, dot or line feed names another number. */
const endsName = (code: number): boolean => isDigit(code) || code === 46 || code === 10;
const named = new RegExp(String.raw`(?:([a-z]+)[ _-])?(?:${name})\b[^\d.\n]*$`, 'i');
/** `is your sign-in code`, `as your verification code`. */
const namedLater = new RegExp(String.raw`^ (?:is|as) your [a-z -]{0,24}?\b(?:${name})\b`, 'i');
const lookAhead = 60;

/**
 * A number of 4 to 8 digits (or `123 456`) that the words around it call a code, or that stands alone in an HTML element.
 * `start` is where a word of digits begins. Gives where to go on, `end` when it is none.
 */
export function oneTimeCode(text: string, start: number, end: number, found: Spans): number {
  const before = text.charCodeAt(start - 1);
  if (start > 0 && before !== 32 && before !== 62 && before !== 58 && before !== 10) return end;
  const to = codeEnd(text, start, end);
  if (to === undefined) return end;
  const alone = before === 62 && text.charCodeAt(to) === 60;
  if (!alone && !isNamed(text, start) && !namedLater.test(text.slice(to, to + lookAhead))) return end;
  found.add(start, to, 'code');
  return to;
}

/** The end of the code that the word begins; undefined when it is no code. */
function codeEnd(text: string, start: number, end: number): number | undefined {
  const length = end - start;
  if (length === 3 && /^ \d{3}(?!\w)/.test(text.slice(end, end + 5))) return end + 4;
  if (length === 7 && /^\d{3}-\d{3}$/.test(text.slice(start, end))) return end;
  if (length < digitsMin || length > digitsMax) return undefined;
  for (let i = start; i < end; i++) if (!isDigit(text.charCodeAt(i))) return undefined;
  return end;
}

function isNamed(text: string, start: number): boolean {
  const stop = Math.max(0, start - lookBack);
  let from = start;
  while (from > stop && !endsName(text.charCodeAt(from - 1))) from--;
  const words = named.exec(text.slice(from, start));
  return words !== null && !openCodes.has((words[1] ?? '').toLowerCase());
}
