import { cut } from './cut.ts';
import { defang } from './defang.ts';
import { visible } from './visible.ts';

/** Longest header value in UTF-16 units; mail programs show far less. */
const headerCharsMax = 200;

/** Text from an event for a mail header such as the subject: one line without CR, LF or NUL, at most 200 units. */
export function headerText(text: string): string {
  return cut(defang(visible(text)).trim(), headerCharsMax);
}
