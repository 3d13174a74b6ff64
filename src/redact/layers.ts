/** A text with one layer of encoding taken off. `places[i]` is where character `i` begins in the encoded text. */
export interface Layer {
  readonly text: string;
  readonly places: Int32Array;
}

/** How often texts are decoded: a URL in a URL in a query in a JSON string is four. */
export const layersMax = 5;

const percent = 37;
const backslash = 92;
const ampersand = 38;

/** Where in the number that {@link read} gives the length of an escape stands, above the character. */
const lengthShift = 21;
const codePointMax = 2 ** lengthShift - 1;

/** True when an escape starts at `at`: `%3D`, `%u003D`, `\"`, `\u0022`, `\U00000022`, `&amp;`, `&#39;`. */
export function hasEscape(text: string, at: number): boolean {
  return read(text, at) !== 0;
}

/** Room for the characters of a layer, which becomes a text before the next one needs it. Longer texts get their own. */
const room = new Uint16Array(16 * 1024);

/**
 * Takes one layer of percent, backslash and HTML escapes off `text`, which is that of `outer` or not encoded at all. Escaped bytes that are
 * UTF-8 together become its character, others one each. The places are those in the outermost text; the array of `outer` is overwritten with them, as
 * `space`, where the text fits into it, is for the first layer.
 */
export function below(outer: Layer | undefined, text: string, space?: Int32Array): Layer {
  const fits = space !== undefined && space.length > text.length;
  const places = outer?.places ?? (fits ? space : new Int32Array(text.length + 1));
  const out = text.length <= room.length ? room : new Uint16Array(text.length);
  const outermost = outer === undefined;
  let length = 0;
  let bits = 0;
  for (let i = 0; i < text.length; length++) {
    const code = text.charCodeAt(i);
    // What is written stands never behind what is read.
    const place = outermost ? i : (places[i] ?? 0);
    places[length] = place;
    const escape = code === percent || code === backslash || code === ampersand ? read(text, i) : 0;
    let char = narrowed(escape === 0 ? code : escape & codePointMax);
    if (char > 0xffff) {
      out[length++] = 0xd800 + ((char - 0x1_0000) >> 10);
      places[length] = place;
      char = 0xdc00 + ((char - 0x1_0000) & 0x3ff);
    }
    out[length] = char;
    bits |= char;
    i += escape === 0 ? 1 : escape >>> lengthShift;
  }
  places[length] = outermost ? text.length : (places[text.length] ?? 0);
  return { text: bits > 0xff ? wide(out, length) : narrow(out, length), places };
}

/** Letters and signs of full width, which East Asian keyboards write, are those of ASCII to a reader. */
export function isFullWidth(code: number): boolean {
  return code >= 0xff01 && code <= 0xff5e;
}

function narrowed(code: number): number {
  return isFullWidth(code) ? code - 0xfee0 : code;
}

function wide(chars: Uint16Array, length: number): string {
  return Buffer.from(chars.buffer, 0, length * 2).toString('utf16le');
}

/** Characters of one byte each make a text that takes half the memory and is searched faster. */
function narrow(chars: Uint16Array, length: number): string {
  const bytes = Buffer.from(chars.buffer, 0, length);
  for (let i = 0; i < length; i++) bytes[i] = chars[i] ?? 0;
  return bytes.toString('latin1');
}

/** The escape at `at` as `length << 21 | character`, or 0 for none. */
function read(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === percent) return text.charCodeAt(at + 1) === 117 ? hexEscape(text, at, 2, 4) : byteEscape(text, at, 1);
  if (code === backslash) return readBackslash(text, at);
  return code === ampersand ? readEntity(text, at) : 0;
}

function escapeOf(length: number, char: number): number {
  return (length << lengthShift) | char;
}

/** Hexadecimal digits of one character behind the first characters of an escape. */
function hexEscape(text: string, at: number, before: number, digits: number): number {
  const value = hex(text, at + before, digits);
  return value < 0 || value > 0x10ffff ? 0 : escapeOf(before + digits, value);
}

/** Two digits of a byte behind the first characters of an escape, with the bytes escaped alike that complete a character of UTF-8. */
function byteEscape(text: string, at: number, before: number): number {
  const lead = hex(text, at + before, 2);
  if (lead < 0) return 0;
  const length = before + 2;
  const more = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
  let char = lead & (0x3f >> more);
  for (let next = 1; next <= more; next++) {
    const place = at + next * length;
    const follows = text.startsWith(text.slice(at, at + before), place);
    const byte = follows ? hex(text, place + before, 2) : -1;
    if ((byte & 0xc0) !== 0x80 || byte < 0) return escapeOf(length, lead);
    char = (char << 6) | (byte & 0x3f);
  }
  const isChar = more > 0 && char >= (leastOf[more] ?? 0) && char <= 0x10ffff && !(char >= 0xd800 && char <= 0xdfff);
  return isChar ? escapeOf(length * (more + 1), char) : escapeOf(length, lead);
}

/** The first character of UTF-8 that needs so many bytes more. */
const leastOf = [0, 0x80, 0x800, 0x1_0000];

/** What stands for itself or for a control character behind a backslash; 0 for everything else. */
const simple = new Uint8Array(128);
for (const char of '"\'\\/&') simple[char.charCodeAt(0)] = char.charCodeAt(0);
simple[110] = 10; // \n
simple[114] = 13; // \r
simple[116] = 9; // \t

function readBackslash(text: string, at: number): number {
  const next = text.charCodeAt(at + 1);
  const plain = simple[next] ?? 0;
  if (plain !== 0) return escapeOf(2, plain);
  if (next === 120) return byteEscape(text, at, 2); // \x22
  return next === 117 ? hexEscape(text, at, 2, 4) : next === 85 ? hexEscape(text, at, 2, 8) : 0; // \u0022, \U00000022
}

const entities: ReadonlyMap<string, number> = new Map(
  Object.entries({ amp: 38, quot: 34, apos: 39, lt: 60, gt: 62, equals: 61, colon: 58, nbsp: 32 }),
);
const entityLengthMax = 8;
/** The first two characters of their names. */
const entityStarts = new Uint8Array(1 << 14);
for (const name of entities.keys()) entityStarts[(name.charCodeAt(0) << 7) | name.charCodeAt(1)] = 1;

function readEntity(text: string, at: number): number {
  const first = text.charCodeAt(at + 1);
  // Most ampersands separate arguments: look further only where an entity can begin.
  if (first !== 35 && (first >= 128 || entityStarts[(first << 7) | (text.charCodeAt(at + 2) & 127)] !== 1)) return 0;
  const end = entityEnd(text, at + 1);
  if (end < 0) return 0;
  const name = text.slice(at + 1, end);
  const numeric = /^#(?:x([0-9a-f]{1,4})|(\d{1,5}))$/i.exec(name);
  const value =
    numeric === null
      ? entities.get(name)
      : parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] === undefined ? 10 : 16);
  return value === undefined ? 0 : escapeOf(end + 1 - at, value & 0xffff);
}

/** The semicolon behind the name that starts at `start`, or -1. */
function entityEnd(text: string, start: number): number {
  for (let i = start; i < start + entityLengthMax; i++) {
    const code = text.charCodeAt(i);
    if (code === 59) return i;
    // An argument's name ends so.
    if (code === 61 || code === ampersand) return -1;
  }
  return -1;
}

/** The value of `count` hexadecimal digits, or -1. */
function hex(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const code = text.charCodeAt(i) | 32;
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
