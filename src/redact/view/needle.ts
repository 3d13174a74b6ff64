/** A value in one of its spellings, as it is looked for. */
export interface Needle {
  /** {@link fold}ed. */
  readonly text: string;
  readonly standIn: string;
  /** Its first or last character must not have a letter or digit beside it: `root` is not in `rootkit`. */
  readonly wordStart: boolean;
  readonly wordEnd: boolean;
}

/** The needles for a value. */
export type NeedlesOf = (value: string, standIn: string) => readonly Needle[];

/** Values whose needles are remembered: people come again and again. */
const rememberedMax = 4096;

/** {@link needlesFor} that remembers what it made. */
export function createNeedles(): NeedlesOf {
  const remembered = new Map<string, readonly Needle[]>();
  return (value, standIn) => {
    const before = remembered.get(value);
    if (before !== undefined && before[0]?.standIn === standIn) return before;
    const needles = needlesFor(value, standIn);
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(value, needles);
    return needles;
  };
}

/** The needles for a value: its letters composed, decomposed and as the bytes that percent escapes stand for, blanks also as `+`. */
function needlesFor(value: string, standIn: string): readonly Needle[] {
  const forms = /[^\0-\x7f]/.test(value) ? ['NFC', 'NFD', 'NFKC'].map((form) => value.normalize(form).trim()) : [];
  const written = [value.trim(), ...forms, ...forms.map((form) => Buffer.from(form, 'utf8').toString('latin1'))];
  const inQuery = written.filter((text) => text.includes(' ')).map((text) => text.replaceAll(' ', '+'));
  const texts = new Set([...written, ...inQuery].map(fold).filter((text) => text !== ''));
  return [...texts].map((text) => ({
    text,
    standIn,
    wordStart: isWord(text.codePointAt(0) ?? 0),
    wordEnd: isWord(before(text, text.length)),
  }));
}

/** Calls `add` for each place of the needle in the text; `folded` is the text {@link fold}ed. */
export function findNeedle(
  { text: wanted, standIn, wordStart, wordEnd }: Needle,
  text: string,
  folded: string,
  add: (start: number, end: number, standIn: string) => void,
): void {
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if (wordStart && at > 0 && isWord(before(text, at))) continue;
    if (wordEnd && end < text.length && isWord(text.codePointAt(end) ?? 0)) continue;
    add(at, end, standIn);
  }
}

/** In lower case, each character where it was. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  let out = '';
  for (const char of text) {
    const one = char.toLowerCase();
    out += one.length === char.length ? one : char;
  }
  return out;
}

/** The character that ends before `at`. */
function before(text: string, at: number): number {
  const code = text.charCodeAt(at - 1);
  return code >= 0xdc00 && code <= 0xdfff && at > 1 ? (text.codePointAt(at - 2) ?? code) : code;
}

// Scripts that are written without blanks have no edges of words.
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const letter = /[\p{L}\p{N}\p{M}]/u;

/** A letter or a digit; `_`, `.` and `-` are none, so that a name is found in `ada_backup`. */
function isWord(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);
  const char = String.fromCodePoint(code);
  return letter.test(char) && !unspaced.test(char);
}
