/** Made when it is needed first: its tables take 20 ms and some memory. */
let segmenter: Intl.Segmenter | undefined;
/** The longest emoji of people has 35 units. */
const graphemeCharsMax = 48;
/** So much before and behind a place tells which grapheme is there, but for heaps of marks. */
const windowChars = 128;
const ascii = /^[\x20-\x7e]*$/;

/**
 * The last place at or before `max`, in UTF-16 units, where a text can be cut without tearing what a reader sees as one character.
 * In a heap of marks without an end it is a place between code points. `max` is at most the text's length.
 */
export function graphemeEnd(text: string, max: number): number {
  const from = flagStart(text, codePointEnd(text, Math.max(0, max - windowChars)));
  const window = text.slice(from, max + windowChars);
  if (ascii.test(window)) return max;
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const grapheme = segmenter.segment(window).containing(max - from);
  if (grapheme === undefined || grapheme.index === max - from) return max;
  return grapheme.segment.length > graphemeCharsMax ? codePointEnd(text, max) : from + grapheme.index;
}

/** Flags are pairs: in a row of them every second place is within one. */
function flagStart(text: string, at: number): number {
  let count = 0;
  while (isFlagLetter(text.codePointAt(at - 2 - 2 * count) ?? 0)) count += 1;
  return count % 2 === 0 ? at : at - 2;
}

function isFlagLetter(code: number): boolean {
  return code >= 0x1f1e6 && code <= 0x1f1ff;
}

/** The start of a text that has at most `max` UTF-16 units and no torn character at its end. */
export function startOf(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, graphemeEnd(text, max));
}

/** Not within a pair of surrogates. */
function codePointEnd(text: string, max: number): number {
  return (text.codePointAt(max - 1) ?? 0) > 0xffff ? max - 1 : max;
}
