import { isObject, type JsonObject } from '../../core/json.ts';
import { jsonText } from './json-text.ts';

/** What a text that was shortened ends in. */
export const shortenedMark = '…[shortened]';

/** Texts of this length are kept whole: they say what the document is about. */
const keptCharsMin = 64;

/**
 * The document in at most `bytesMax` bytes of JSON: itself when it fits, else a copy whose longest texts are all cut to the
 * one length that makes it fit and end in {@link shortenedMark}. Undefined when cutting texts is not enough (too many keys).
 */
export function shorten(document: JsonObject, bytesMax: number): JsonObject | undefined {
  return shortenBy(document, bytesMax, (candidate) => Buffer.byteLength(jsonText(candidate)));
}

/** The same for an object that is written in another way than as JSON: `bytesOf` says how long it is then. */
export function shortenBy<T extends object>(
  object: T,
  bytesMax: number,
  bytesOf: (object: T) => number,
): T | undefined {
  if (bytesOf(object) <= bytesMax) return object;
  // Invariant: what is cut to `low` fits, what is cut to `high` does not.
  let low = keptCharsMin;
  let best = capped(object, low);
  if (bytesOf(best) > bytesMax) return undefined;
  let high = Math.min(longest(object, 0), bytesMax);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const candidate = capped(object, middle);
    if (bytesOf(candidate) > bytesMax) high = middle;
    else [low, best] = [middle, candidate];
  }
  return best;
}

/** A copy in which no text is longer than `charsMax`, the mark included. */
function capped<T extends object>(object: T, charsMax: number): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has the shape of what it was made from
  return cappedValue(object, charsMax) as T;
}

function cappedValue(value: unknown, charsMax: number): unknown {
  if (typeof value === 'string') return cappedText(value, charsMax);
  if (Array.isArray(value)) return value.map((item) => cappedValue(item, charsMax));
  if (!isObject(value)) return value;
  // fromEntries takes any key for what it is.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cappedValue(item, charsMax)]));
}

function cappedText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const end = charsMax - shortenedMark.length;
  // Not within a pair of surrogates.
  return text.slice(0, (text.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end) + shortenedMark;
}

function longest(value: unknown, most: number): number {
  if (typeof value === 'string') return Math.max(most, value.length);
  if (typeof value !== 'object' || value === null) return most;
  return Object.values(value).reduce<number>((max, item: unknown) => longest(item, max), most);
}
