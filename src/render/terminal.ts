import { defang } from './defang.ts';
import { visible } from './visible.ts';

/** Text from an event for a terminal: one line, no escape sequence, nothing that turns or hides the rest, web addresses unclickable. */
export function terminalText(text: string): string {
  return defang(visible(text));
}

/** What terminals obey (C1) or turn the rest of the line at; what is below U+0020 is escaped in any JSON. */
const steering = /[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

/** JSON that may be shown on a terminal: the same value, with what could steer it as escapes. */
export function terminalJson(json: string): string {
  return json.replaceAll(steering, (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}
