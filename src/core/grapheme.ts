/** Made when it is needed first: its tables take 20 ms and some memory. */
let segmenter: Intl.Segmenter | undefined;
/** The longest emoji of people has 35 units. */
const graphemeCharsMax = 48;
/** So much before and behind a place tells which grapheme is there, but for heaps of marks. */
const windowChars = 128;
const ascii = /^[\x20-\x7e]*$/;

/**
 * The last place at or before `max`, in UTF-16 units, where a text can be cut without tearing what a reader sees as one character.
 * In a heap of marks without an end it is a place between code points, and in a row of more than thirty flags it may be within one.
 * `max` is at most the text's length.
 */
export function graphemeEnd(text: string, max: number): number {
  const from = codePointEnd(text, Math.max(0, max - windowChars));
  const window = text.slice(from, max + windowChars);
  if (ascii.test(window)) return max;
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const grapheme = segmenter.segment(window).containing(max - from);
  if (grapheme === undefined || grapheme.index === max - from) return max;
  return grapheme.segment.length > graphemeCharsMax ? codePointEnd(text, max) : from + grapheme.index;
}

/** The start of a text that has at most `max` UTF-16 units and no torn character at its end. */
export function startOf(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, graphemeEnd(text, max));
}

/** Not within a pair of surrogates. */
function codePointEnd(text: string, max: number): number {
  return (text.codePointAt(max - 1) ?? 0) > 0xffff ? max - 1 : max;
}
