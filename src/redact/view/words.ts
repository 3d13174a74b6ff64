/** Characters, within brackets of a pattern, of scripts without edges of words: no blanks, or as in Korean particles right behind a name. */
export const unspacedScripts =
  '\\p{sc=Han}\\p{sc=Hangul}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
const unspaced = new RegExp(`[${unspacedScripts}]`, 'u');
const letter = /[\p{L}\p{N}\p{M}]/u;

const [unknown, inWord, outside] = [0, 1, 2];
/** What the characters are that were asked for; of those beyond the first plane none is noted. */
const noted = new Uint8Array(0x1_0000);

/** A letter or a digit; `_`, `.` and `-` are none, so that a name is found in `ada_backup`. */
function isWord(code: number): boolean {
  if (Number.isNaN(code)) return false;
  const before = noted[code] ?? unknown;
  if (before !== unknown) return before === inWord;
  const char = String.fromCodePoint(code);
  const is = letter.test(char) && !unspaced.test(char);
  if (code < noted.length) noted[code] = is ? inWord : outside;
  return is;
}

/** The length of the word at `at`, which is 0 where there is none. */
export function wordLength(text: string, at: number): number {
  for (let end = at; ;) {
    while (noted[text.charCodeAt(end)] === inWord) end += 1;
    const step = noted[text.charCodeAt(end)] === outside ? 0 : stepAt(text, end);
    if (step === 0) return end - at;
    end += step;
  }
}

/** Whether a word begins or goes on at `at`. */
export function isWordAt(text: string, at: number): boolean {
  return stepAt(text, at) > 0;
}

/** Whether a word ends at `at`. */
export function isWordBefore(text: string, at: number): boolean {
  const code = text.charCodeAt(at - 1);
  return isWord(code >= 0xdc00 && code <= 0xdfff && at > 1 ? (text.codePointAt(at - 2) ?? code) : code);
}

/** The length of the character at `at` if it belongs to a word, else 0. */
function stepAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (!(code >= 0xd800 && code <= 0xdbff)) return isWord(code) ? 1 : 0;
  const whole = text.codePointAt(at) ?? code;
  return whole !== code && isWord(whole) ? 2 : 0;
}
