import { isWord, stops, until } from './characters.ts';

const lineEnd = stops('\r\n');
/** Longer brackets are taken to the end of their line: nobody may make each of many look through all of the text. */
const bracketCharsMax = 1024;

/** Behind a value as Python writes objects: `Token('…')`, `OrderedDict([('v', '…')])`, `Secret[str]('…')`; -1 for anything else. */
export function callEnd(text: string, start: number): number {
  for (let i = start; ;) {
    const from = i;
    while (isWord(text.charCodeAt(i)) || text.charCodeAt(i) === 46) i++;
    const code = text.charCodeAt(i);
    if (code !== 40 && code !== 91) return from > start ? from : -1;
    i = bracketEnd(text, i);
  }
}

/** Behind the bracket that closes the one at `open`; the end of its line when none does in a bounded length. */
export function bracketEnd(text: string, open: number): number {
  const stop = Math.min(text.length, open + bracketCharsMax);
  let depth = 0;
  for (let i = open; i < stop; i++) {
    const code = text.charCodeAt(i);
    if (code === 34 || code === 39) i = closing(text, i + 1, text[i] ?? '');
    else if (code === 40 || code === 91 || code === 123) depth++;
    else if ((code === 41 || code === 93 || code === 125) && --depth === 0) return i + 1;
  }
  return until(text, open, lineEnd);
}

/** Behind `<Secret '…'>` on one line; `start` for any other `<`: elements of HTML are small. */
export function reprEnd(text: string, start: number): number {
  const window = text.slice(start, start + bracketCharsMax);
  const repr = /^<(?:[A-Z_]|\w{1,64}\.)[\w.]*[ :=][^<>\r\n]*>/.exec(window);
  return start + (repr?.[0].length ?? 0);
}

/** The place of the closing quote that no backslash escapes, or the end of the text. */
export function closing(text: string, start: number, quote: string): number {
  for (let i = text.indexOf(quote, start); i >= 0; i = text.indexOf(quote, i + 1)) {
    let slashes = 0;
    while (i - slashes > start && text.charCodeAt(i - slashes - 1) === 92) slashes++;
    if (slashes % 2 === 0) return i;
  }
  return text.length;
}
