import { visible } from './visible.ts';

/** Text from an event for a terminal: one line, no escape sequence, nothing that turns or hides the rest. */
export function terminalText(text: string): string {
  return visible(text);
}
