import { graphemeEnd } from '../core/grapheme.ts';

const ellipsis = '…';

/** At most `max` UTF-16 units of the text, `…` included where something is missing, never half of what a reader sees as one character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return '';
  return text.slice(0, graphemeEnd(text, max - 1)).trimEnd() + ellipsis;
}

/** The longest start of the text, cut like `cut`, whose size is at most `max`. The size must not shrink as the text grows. */
export function cutTo(text: string, max: number, size: (text: string) => number): string {
  if (size(text) <= max) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (size(cut(text, middle)) <= max) low = middle;
    else high = middle - 1;
  }
  return cut(text, low);
}

/** The escaped text in at most `max` UTF-16 units: what does not fit is left off before escaping, so no escape is ever torn. */
export function fit(text: string, max: number, escape: (text: string) => string): string {
  // A text far beyond the limit is not worth escaping whole: no escape makes a text shorter.
  return escape(cutTo(cut(text, max), max, (part) => escape(part).length));
}

/** The items in at most `max` UTF-16 units, joined, with `+n more` for those that do not fit. */
export function list(items: readonly string[], max: number, separator = ', '): string {
  const shown: string[] = [];
  let length = 0;
  for (const [index, item] of items.entries()) {
    const left = items.length - index - 1;
    const reserve = left > 0 ? `${separator}+${left} more`.length : 0;
    if (index > 0 && length + separator.length + item.length + reserve > max) break;
    const part = index === 0 ? cut(item, Math.max(max - reserve, 1)) : item;
    length += part.length + (index === 0 ? 0 : separator.length);
    shown.push(part);
  }
  const left = items.length - shown.length;
  return (left > 0 ? [...shown, `+${left} more`] : shown).join(separator);
}
