import { defang } from './defang.ts';
import { visible } from './visible.ts';

/** Text from an event for a plain-text mail body: one line, nothing hidden, web addresses unclickable. */
export function plainText(text: string): string {
  return defang(visible(text));
}
