import { graphemeEnd } from '../../core/grapheme.ts';
import { unhidden } from '../visible.ts';

const lineEnds = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;
/** No sign that any of the text formats gives a meaning to, and nothing unseen. */
const harmless = /^[\w .,:;/@()+\-!?#$%&*<>[\]{}"'~`]*$/;
/** Letters and marks of the languages that most texts are in: none of these is unseen, so there is no need to look closer. */
const ordinary = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e]*$/;
const ellipsis = '…';

/** True for text that every format can take as it is; most values are. */
export function isHarmless(value: string): boolean {
  return harmless.test(value);
}

/** At most `charsMax` units of the text on one line with nothing hidden in it; line ends as `lineEnd`. */
export function oneLine(value: string, charsMax: number, lineEnd: string): string {
  const short = shortened(value, charsMax);
  if (ordinary.test(short)) return short;
  // What is made visible gets longer by that.
  return shortened(short.split(lineEnds).map(unhidden).join(lineEnd), charsMax);
}

function shortened(value: string, charsMax: number): string {
  if (value.length <= charsMax) return value;
  return value.slice(0, graphemeEnd(value, charsMax - ellipsis.length)) + ellipsis;
}
