import { defang } from './defang.ts';
import { visible } from './visible.ts';

/** Text from an event for a terminal: one line, no escape sequence, nothing that turns or hides the rest, web addresses unclickable. */
export function terminalText(text: string): string {
  return defang(visible(text));
}
