import { graphemeEnd } from '../../core/grapheme.ts';
import type { JsonObject } from '../../core/json.ts';
import { jsonText } from './json-text.ts';

/** What a text that was shortened ends in. */
export const shortenedMark = '…[shortened]';

/** Texts of this length are kept whole: they say what the document is about. */
const keptCharsMin = 64;
/** When short texts are still too many: most entries of a list or a mapping below the top, in the steps that are tried. */
const entriesSteps = [64, 32, 16, 8, 4, 0] as const;
/** Of the mappings right below the top (a user, a context) this many entries stay in any case. */
const topEntriesMin = 8;

/**
 * The document in at most `bytesMax` bytes of JSON: itself when it fits, else a copy whose longest texts are all cut to the
 * one length that makes it fit and end in {@link shortenedMark}. If that is not enough, long keys are cut as well and lists and mappings
 * inside it lose their last entries; if that is not either, the result is undefined.
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
  const short = capped(object, { chars: keptCharsMin, entries: Infinity });
  if (bytesOf(short) > bytesMax) {
    for (const entries of entriesSteps) {
      const candidate = capped(object, { chars: keptCharsMin, entries });
      if (bytesOf(candidate) <= bytesMax) return candidate;
    }
    return undefined;
  }
  // Invariant: what is cut to `low` fits, what is cut to `high` does not.
  let best = short;
  let low = keptCharsMin;
  let high = Math.min(longest(object, 0), bytesMax);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const candidate = capped(object, { chars: middle, entries: Infinity });
    if (bytesOf(candidate) > bytesMax) high = middle;
    else [low, best] = [middle, candidate];
  }
  return best;
}

interface Caps {
  /** Most UTF-16 units of a text, the mark included. */
  readonly chars: number;
  readonly entries: number;
}

function capped<T extends object>(object: T, caps: Caps): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has the shape of what it was made from
  return cappedValue(object, caps, 0) as T;
}

function cappedValue(value: unknown, caps: Caps, depth: number): unknown {
  if (typeof value === 'string') return cappedText(value, caps.chars);
  if (typeof value !== 'object' || value === null) return value;
  const most = depth === 0 ? Infinity : depth === 1 ? Math.max(caps.entries, topEntriesMin) : caps.entries;
  if (Array.isArray(value)) return value.slice(0, most).map((item) => cappedValue(item, caps, depth + 1));
  const entries = Object.entries(value).slice(0, most);
  // fromEntries takes any key for what it is.
  return Object.fromEntries(
    entries.map(([key, item], at) => [
      depth === 0 ? key : cappedKey(key, caps, at),
      cappedValue(item, caps, depth + 1),
    ]),
  );
}

/** Keys are cut only where entries are left out, too: somebody may look for them. Their place keeps them apart. */
function cappedKey(key: string, { chars, entries }: Caps, at: number): string {
  return entries === Infinity || key.length <= chars ? key : `${cappedText(key, chars)}${at}`;
}

function cappedText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return text.slice(0, graphemeEnd(text, charsMax - shortenedMark.length)) + shortenedMark;
}

function longest(value: unknown, most: number): number {
  if (typeof value === 'string') return Math.max(most, value.length);
  if (typeof value !== 'object' || value === null) return most;
  return Object.values(value).reduce<number>((max, item: unknown) => longest(item, max), most);
}
