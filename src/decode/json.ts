import { isObject, type Json, type JsonObject } from '../core/json.ts';

/** Deeper JSON is refused: later stages walk values by recursion. authentik's own lines stay under 12 levels. */
const depthMax = 100;

/** The object that the text is; undefined for anything else. Python's `NaN` and `Infinity` are read as null. */
export function parseObject(text: string): JsonObject | undefined {
  const value = parse(text) ?? parse(withoutNaN(text));
  return isObject(value) ? value : undefined;
}

/** True when no array or object of the value lies more than {@link depthMax} levels deep. `text` is what it was parsed from. */
export function isShallow(value: Json, text: string): boolean {
  // Counting brackets is several times as fast as walking, and nearly no line has enough of them.
  return countUpTo(text, '{', depthMax) + countUpTo(text, '[', depthMax) <= depthMax || isWithin(value, depthMax);
}

function isWithin(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  const children = Array.isArray(value) ? value : Object.values(value);
  return children.every((child) => isWithin(child, levels - 1));
}

/** How often the character occurs; counting stops behind `max`. */
function countUpTo(text: string, character: string, max: number): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && count <= max; at = text.indexOf(character, at + 1)) count++;
  return count;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The answer of JSON.parse to bad input, and bad input is nothing special here.
    return undefined;
  }
}

/** The text with those words outside of strings replaced; empty when there is nothing to replace. */
function withoutNaN(text: string): string {
  if (!text.includes('NaN') && !text.includes('Infinity')) return '';
  let out = '';
  for (let at = 0; ;) {
    const open = text.indexOf('"', at);
    out += text.slice(at, open < 0 ? undefined : open).replaceAll(/-?Infinity|NaN/g, 'null');
    if (open < 0) return out;
    const close = endOfString(text, open);
    if (close < 0) return '';
    out += text.slice(open, close);
    at = close;
  }
}

/** The place behind the quote that closes the string at `open`; -1 when none does. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 92) backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  return -1;
}
