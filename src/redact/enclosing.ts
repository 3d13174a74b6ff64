import { isSpace } from './characters.ts';
import type { Spans } from './spans.ts';
import { closing } from './brackets.ts';

/** Keys under which a changed field keeps its values (authentik's `diff`): the field's own name decides. */
export const valueKeys: ReadonlySet<string> = new Set([
  'new_value',
  'previous_value',
  'old_value',
  'new',
  'old',
  'value',
  'Value',
]);

/** Keys beside such a one that say whose value it is. */
export const nameKeys: readonly string[] = ['name', 'key', 'Name', 'Key', 'header', 'field', 'attribute'];

const windowLength = 200;
const outerKey = /["']([\w-]{1,96})["']\s{0,4}:\s{0,4}$/;
const besideKey = new RegExp(String.raw`["'](?:${nameKeys.join('|')})["']\s{0,4}:\s{0,4}["']([\w-]{1,96})["']`);
/** `{"key":"x"`. */
const besideLengthMin = 10;

/**
 * What decides about the value of a key that only says "the value", at `start` of a text: in `{"pwd": {"new_value": …}}`
 * the key of the object, in `{"name": "pwd", "value": …}` the name beside it. Undefined when neither is near.
 */
export function keyAbove(text: string, start: number): string | undefined {
  const stop = Math.max(0, start - windowLength);
  let open = start - 1;
  while (open >= stop && text.charCodeAt(open) !== 123) open--;
  if (open < stop) return undefined;
  const outer = isValue(text, open) ? outerKey.exec(text.slice(Math.max(stop, open - 110), open)) : undefined;
  return outer?.[1] ?? (start - open < besideLengthMin ? undefined : besideKey.exec(text.slice(open, start))?.[1]);
}

/** False unless a colon and what may be blanks stand before `open`. */
function isValue(text: string, open: number): boolean {
  let i = open - 1;
  for (; i > open - 5; i--) {
    const code = text.charCodeAt(i);
    if (code > 32 && code < 128) break;
  }
  return text.charCodeAt(i) === 58;
}

/** The local variables of a stack frame: the object behind the separator at `at`. Gives where to go on, `at` when there is none. */
export function takeLocals(text: string, at: number, found: Spans): number {
  let open = at + 1;
  while (isSpace(text.charCodeAt(open)) && open - at < 8) open++;
  if (text.charCodeAt(open) !== 123) return at;
  const end = objectEnd(text, open);
  found.add(open, end, 'locals');
  return end;
}

/** Behind the brace that closes the one at `open`, or the end of the text. */
function objectEnd(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34 || code === 39) i = closing(text, i + 1, text[i] ?? '');
    else if (code === 123) depth++;
    else if (code === 125 && --depth === 0) return i + 1;
  }
  return text.length;
}
