import { parseDuration, parseSize } from '../core/duration.ts';

/** What `format` of a text's schema means: whether the text is of that format. */
export const formats: ReadonlyMap<string, (text: string) => boolean> = new Map<string, (text: string) => boolean>([
  ['duration', (text) => parseDuration(text) !== undefined],
  ['size', (text) => parseSize(text) !== undefined],
  ['url', isHttpUrl],
  ['email', (text) => /^[^\s@<>"(),;:\\[\]]+@[^\s@<>"(),;:\\[\]]+$/.test(text)],
  // Compiled by the component that evaluates them, which knows what they may refer to.
  ['cel', () => true],
  ['re2', () => true],
]);

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(text) && !/\s/.test(text) && URL.canParse(text);
}
