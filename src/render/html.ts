import { defang } from './defang.ts';
import { visible } from './visible.ts';

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Text from an event for HTML, between tags or in a quoted attribute: no markup, nothing hidden, web addresses unclickable. */
export function htmlText(text: string): string {
  return defang(visible(text)).replaceAll(/[&<>"']/g, (char) => entities.get(char) ?? char);
}

/** A link of our own for HTML; the address is one that we made, the label may be anything. */
export function htmlLink(url: string, label: string): string {
  return `<a href="${url.replaceAll(/[&<>"']/g, (char) => entities.get(char) ?? char)}">${htmlText(label)}</a>`;
}
