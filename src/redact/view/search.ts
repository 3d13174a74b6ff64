import { fold, type Needle } from './needle.ts';
import type { Found } from './replace.ts';
import { isWordAt, wordLength } from './words.ts';

/** Looks for all of some needles at once. */
export interface Search {
  /**
   * Their places in a text; undefined when all texts so far took too many comparisons. Time grows with the text, and with the length of
   * needles only where one begins: a word of the text that is as long as theirs and has the same first letter.
   */
  find(text: string): readonly Found[] | undefined;
}

/** Characters that are compared in all texts of one event: some 10 ms at most. */
const comparedMax = 10_000_000;
const wordCharsMax = 0x3fff;
/** Texts without the first characters of any needle are told at memory speed. Few and short ones, or that were work to be counted, too. */
const headsMax = 16;
const headCharsMax = 8;
const none: readonly never[] = [];

export function createSearch(needles: readonly Needle[]): Search {
  const starts = new Map<number, Needle[]>();
  // The letters that needles begin with, by their last five bits: most words of a text begin with another one.
  let letters = 0;
  let charsMin = Infinity;
  for (const needle of needles) {
    const { text, firstWord } = needle;
    const start = startOf(firstWord, text.charCodeAt(0));
    const same = starts.get(start);
    if (same === undefined) starts.set(start, [needle]);
    else same.push(needle);
    letters |= 1 << text.charCodeAt(0);
    charsMin = Math.min(charsMin, text.length);
  }
  const heads = [...new Set(needles.map(({ text }) => text.slice(0, headCharsMax).split(' ', 1)[0] ?? ''))];
  const mayHold = (text: string): boolean => heads.length > headsMax || heads.some((head) => text.includes(head));
  let compared = 0;

  return {
    find(text) {
      if (text.length < charsMin) return none;
      let hits: Found[] | undefined;
      const folded = fold(text);
      if (!mayHold(folded)) return none;
      const last = folded.length - charsMin;
      for (let at = 0; at <= last;) {
        const word = wordLength(folded, at);
        const first = folded.charCodeAt(at);
        const candidates = (letters & (1 << first)) === 0 ? undefined : starts.get(startOf(word, first));
        for (const needle of candidates ?? none) {
          compared += needle.text.length;
          if (compared > comparedMax) return undefined;
          const end = endOf(needle, folded, at);
          if (end > at) (hits ??= []).push({ start: at, end, standIn: needle.standIn });
        }
        at += word === 0 ? 1 : word;
      }
      return hits ?? none;
    },
  };
}

/** How an occurrence begins: with a word of this length and this character. */
function startOf(word: number, first: number): number {
  return Math.min(word, wordCharsMax) * 0x1_0000 + first;
}

/** Where the needle that begins at `at` ends; -1 when there is none. */
function endOf({ text, wordEnd }: Needle, folded: string, at: number): number {
  const end = folded.startsWith(text, at) ? at + text.length : spacedEnd(text, folded, at);
  return end < 0 || (wordEnd && isWordAt(folded, end)) ? -1 : end;
}

const blanksMax = 32;

/** As {@link endOf}, with other and more blanks between the words: a line end, two, the `+` of a query. */
function spacedEnd(wanted: string, folded: string, at: number): number {
  if (!wanted.includes(' ')) return -1;
  let end = at;
  for (let place = 0; place < wanted.length; place += 1) {
    const code = wanted.charCodeAt(place);
    const from = end;
    if (code !== 32) end += folded.charCodeAt(end) === code ? 1 : 0;
    else while (end - from < blanksMax && isBlank(folded.charCodeAt(end))) end += 1;
    if (end === from) return -1;
  }
  return end;
}

/** Blanks of all widths, line ends, and `+`. */
function isBlank(code: number): boolean {
  if (code < 128) return code === 32 || code === 43 || (code >= 9 && code <= 13);
  return code === 0xa0 || (code >= 0x2000 && code <= 0x200a) || code === 0x202f || code === 0x205f || code === 0x3000;
}
