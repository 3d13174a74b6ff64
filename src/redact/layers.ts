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

/** True when an escape starts at `at`: `%3D`, `\"`, `\u0022`, `&amp;`, `&#39;`. */
export function hasEscape(text: string, at: number): boolean {
  return read(text, at) !== 0;
}

/** Takes one layer of percent, backslash and HTML escapes off. Bytes above ASCII become one character each: nothing secret hangs on them. */
function decode(text: string): Layer {
  const places = new Int32Array(text.length + 1);
  const out = new Uint16Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; length++) {
    const code = text.charCodeAt(i);
    places[length] = i;
    const escape = code === percent || code === backslash || code === ampersand ? read(text, i) : 0;
    out[length] = escape === 0 ? code : escape & 0xffff;
    i += escape === 0 ? 1 : escape >>> 16;
  }
  places[length] = text.length;
  return { text: Buffer.from(out.buffer, 0, length * 2).toString('utf16le'), places };
}

/** The layer below `text`, which is that of `outer` or not encoded at all; its places are those in the outermost text. */
export function below(outer: Layer | undefined, text: string): Layer {
  const layer = decode(text);
  if (outer !== undefined) {
    const { places } = layer;
    for (let i = 0; i <= layer.text.length; i++) places[i] = outer.places[places[i] ?? 0] ?? 0;
  }
  return layer;
}

/** The escape at `at` as `length << 16 | character`, or 0 for none. */
function read(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === percent) {
    const value = hex(text, at + 1, 2);
    return value < 0 ? 0 : (3 << 16) | value;
  }
  if (code === backslash) return readBackslash(text, at);
  return code === ampersand ? readEntity(text, at) : 0;
}

/** What stands for itself or for a control character behind a backslash; 0 for everything else. */
const simple = new Uint8Array(128);
for (const char of '"\'\\/&') simple[char.charCodeAt(0)] = char.charCodeAt(0);
simple[110] = 10; // \n
simple[114] = 13; // \r
simple[116] = 9; // \t

function readBackslash(text: string, at: number): number {
  const next = text.charCodeAt(at + 1);
  const plain = simple[next] ?? 0;
  if (plain !== 0) return (2 << 16) | plain;
  const digits = next === 117 ? 4 : next === 120 ? 2 : 0; // \u0022, \x22
  const value = digits === 0 ? -1 : hex(text, at + 2, digits);
  return value < 0 ? 0 : ((digits + 2) << 16) | value;
}

const entities: ReadonlyMap<string, number> = new Map(
  Object.entries({ amp: 38, quot: 34, apos: 39, lt: 60, gt: 62, equals: 61, colon: 58, nbsp: 32 }),
);
const entityLengthMax = 8;

function readEntity(text: string, at: number): number {
  const first = text.charCodeAt(at + 1);
  // Most ampersands separate arguments: look further only where an entity can begin.
  if (first !== 35 && !(first >= 97 && first <= 113)) return 0;
  const window = text.slice(at + 1, at + 1 + entityLengthMax);
  const end = window.indexOf(';');
  if (end < 0) return 0;
  const name = window.slice(0, end);
  const numeric = /^#(?:x([0-9a-f]{1,4})|(\d{1,5}))$/i.exec(name);
  const value =
    numeric === null
      ? entities.get(name)
      : parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] === undefined ? 10 : 16);
  return value === undefined ? 0 : ((end + 2) << 16) | (value & 0xffff);
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
