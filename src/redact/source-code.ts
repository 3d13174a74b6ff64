import { closing } from './brackets.ts';
import { isSpace, isWord } from './characters.ts';
import { isMasked } from './kinds.ts';
import type { Spans } from './spans.ts';
import { afterHost } from './urls.ts';

const keptLengthMax = 3;

/**
 * Takes the string literals out of an expression's source code. What an administrator pastes into one cannot be told from a
 * password, so only names in key position (`x["name"]`, `{"name": …}`, `.get("name")`), hosts of URLs and very short ones stay.
 */
export function literals(source: string, found: Spans): void {
  for (let i = 0; i < source.length; i++) {
    const char = source[i];
    if (char === '#') {
      const end = source.indexOf('\n', i);
      quoted(source, i, end < 0 ? source.length : end, found);
      if (end < 0) return;
      i = end;
    } else if (char === '"' || char === "'") {
      const quote = source.startsWith(char.repeat(3), i) ? char.repeat(3) : char;
      const start = i + quote.length;
      const end = closing(source, start, quote);
      if (!isKey(source, i, end + quote.length)) take(source, start, end, found);
      i = end + quote.length - 1;
    }
  }
}

/** A text in a comment where code would have one: what was switched off holds the same secrets. Quotation marks of prose stay. */
const inComment = /[(,=:[{]\s{0,4}(["'])((?:\\.|(?!\1)[^\\])*)\1/g;

function quoted(source: string, start: number, end: number, found: Spans): void {
  for (const { 0: whole, 2: literal = '', index } of source.slice(start, end).matchAll(inComment)) {
    const next = start + index + whole.length;
    const from = next - 1 - literal.length;
    if (!isKey(source, from - 1, next)) take(source, from, next - 1, found);
  }
}

function take(source: string, start: number, end: number, found: Spans): void {
  if (end - start <= keptLengthMax) return;
  const path = afterHost(source, start) ?? end;
  const from = path < end ? path : start;
  if (!isMasked(source, from, end)) found.add(from, end, 'literal');
}

const isName = /^[A-Za-z_-]{1,40}$/;

/** True for a literal that names a key: `open` is its first quote, `next` the place behind its last. */
function isKey(source: string, open: number, next: number): boolean {
  let after = next;
  while (after - next < 8 && isSpace(source.charCodeAt(after))) after++;
  if (source[after] === ':') return true;
  const before = source[open - 1];
  if (before === '(') return source.startsWith('.get', open - 5) && isName.test(source.slice(open + 1, next - 1));
  const owner = source.charCodeAt(open - 2);
  return before === '[' && source[after] === ']' && (isWord(owner) || owner === 41 || owner === 93);
}
