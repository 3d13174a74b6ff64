import { tokenOpenings, tokenStart } from './api-keys.ts';
import { cardStart } from './cards.ts';
import { stops } from './characters.ts';
import { isFullWidth } from './layers.ts';
import { hashOpenings, hashStart } from './password-hash.ts';
import { digitsStart, wordOpenings, wordStart } from './tokens.ts';

const id = /^[0-9a-f-]+$/;
const wordsLengthMin = 8;
const cardLengthMin = 14;
const tokenLengthMin = 16;
/** From here on a text may be random all over, without anything to begin with. */
const randomLengthMin = 60;

/** A text with one of these is always looked at. */
const separators = stops(`=:%\\&>["'`);

/** What three characters in a row may begin, as bits. */
const words = 1;
const digits = 2;
const tokens = 4;
const hashes = 8;

/** Such bits by three characters, which overlap in the index: texts that share a place with an opening are looked at in vain. */
const table = new Uint8Array(1 << 15);

for (const opening of wordOpenings) for (const spelling of spellings(opening.slice(0, 3))) enter(spelling, words);
for (const opening of hashOpenings) enter(opening.slice(0, 3), hashes);
for (const opening of tokenOpenings) enter(opening.slice(0, 3), tokens);
for (let number = 0; number < 1000; number++) enter(String(number).padStart(3, '0'), digits);

function spellings(opening: string): readonly string[] {
  if (opening === '') return [''];
  const first = opening[0] ?? '';
  return spellings(opening.slice(1)).flatMap((rest) => [first.toLowerCase() + rest, first.toUpperCase() + rest]);
}

function enter(opening: string, bit: number): void {
  let place = 0;
  for (let i = 0; i < opening.length; i++) place = following(place, opening.charCodeAt(i));
  table[place] = (table[place] ?? 0) | bit;
}

function following(place: number, code: number): number {
  return ((place << 5) ^ code) & 0x7fff;
}

/**
 * False for most texts, at a fraction of what looking costs: nothing a detector could begin with stands in them. One pass finds the places
 * where a pattern may match; what a pattern says counts.
 */
export function mayHold(text: string): boolean {
  const { length } = text;
  if ((length === 32 || length === 36) && id.test(text)) return false;
  let found = 0;
  let place = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 128 ? separators[code] === 1 : isFullWidth(code)) return true;
    place = following(place, code);
    found |= table[place] ?? 0;
  }
  if (length < wordsLengthMin) return false;
  if ((found & words) !== 0 && wordStart.test(text)) return true;
  if ((found & hashes) !== 0 && hashStart.test(text)) return true;
  if ((found & digits) !== 0 && (digitsStart.test(text) || (length >= cardLengthMin && cardStart.test(text))))
    return true;
  return length >= tokenLengthMin && ((found & tokens) !== 0 || length >= randomLengthMin) && tokenStart.test(text);
}
