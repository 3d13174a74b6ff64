import { isWord } from './characters.ts';
import type { Spans } from './spans.ts';

const elements: ReadonlySet<string> = new Set(['Assertion', 'EncryptedAssertion', 'Response']);
const prefixLengthMax = 32;
const lookAhead = 400;

/** A cheap look at a word before {@link saml}: its length and its first character. */
export function mayBeSaml(length: number, first: number): boolean {
  return (length === 9 && first === 65) || (length === 8 && first === 82) || length === 18;
}

/**
 * An assertion of SAML, or the response around it: from its tag to the one that closes it. `start` to `end` is the name of
 * an element without its prefix. Gives where to go on, `end` when it is none.
 */
export function saml(text: string, start: number, end: number, found: Spans): number {
  let open = start - 1;
  if (text.charCodeAt(open) === 58) {
    open--;
    while (start - open < prefixLengthMax && isWord(text.charCodeAt(open))) open--;
  }
  if (text.charCodeAt(open) !== 60 || !elements.has(text.slice(start, end))) return end;
  if (!/saml/i.test(text.slice(open, end + lookAhead))) return end;
  const close = `</${text.slice(open + 1, end)}>`;
  const last = text.indexOf(close, end);
  const to = last < 0 ? text.length : last + close.length;
  found.add(open, to, 'saml');
  return to;
}
