/** Printable ASCII needs no further look. */
const plainAscii = /^[\x20-\x7e]*$/;

/** Line ends of every kind: text from events never starts a second line. */
const lineEnds = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;

/** Part of a word or a picture: a joiner in an emoji or between letters of a script that needs it, the choice of how an emoji is drawn. */
const joining = String.raw`[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}\p{Script=Malayalam}]`;
const needed = new RegExp(
  [
    String.raw`(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})`,
    String.raw`(?<=${joining})(?:\u200c|\u200d)(?=${joining})`,
    String.raw`(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f]`,
    String.raw`(?<=[0-9#*])\ufe0f(?=\u20e3)`,
  ].join('|'),
  'uy',
);

/** Everything that has no shape of its own or turns the direction of writing: controls, format characters, fillers, selectors, and what is no character. */
const unseen =
  // oxlint-disable-next-line no-misleading-character-class -- they are meant one by one
  /[\p{Cc}\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{16fe4}\u{1d159}]/gu;

/** More combining marks on one letter than a language uses paint over the neighbouring lines. */
const pile = /(\p{M}{6})\p{M}+/gu;

/**
 * The text on one line with nothing hidden in it, for people: as {@link unhidden}, and in a word of several scripts the letters of
 * all but its main one are named too, and variants of ASCII letters: `‹U+0430›dmin` begins with a Cyrillic letter.
 */
export function visible(text: string): string {
  return plainAscii.test(text) ? text : unhidden(text).replaceAll(words, namedWord);
}

/**
 * The text on one line with nothing hidden in it: line ends as `⏎`, tabs as blanks, controls, bidi and zero-width characters
 * as `‹U+202E›`, lone surrogates as U+FFFD, heaps of combining marks cut to six.
 */
export function unhidden(text: string): string {
  if (plainAscii.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll(lineEnds, ' ⏎ ')
    .replaceAll('\t', ' ')
    .replaceAll(unseen, (char, offset: number, whole: string) => (isNeeded(whole, offset) ? char : name(char)))
    .replaceAll(pile, '$1');
}

/** Letters with their marks and digits. */
const words = /[\p{L}\p{Nl}\p{M}\p{N}]+/gu;
/** No letter that could be taken for one of another script. */
const western = /^[0-9A-Za-z\u00aa-\u024f]*$/;
const asciiLetter = /[a-z]/i;

/**
 * Scripts that no word has beside one another. Words that are written with Chinese characters have several, and some scripts have no blanks
 * between words: none of those is among these.
 */
const scripts = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /[^\P{L}\p{Script=Common}\p{Script=Inherited}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u,
];

/** Hebrew and Arabic write short words and other languages' names in one. Some marks are of these scripts, so nothing may repeat a letter and its marks. */
const attached = String.raw`\p{Script=Hebrew}\p{Script=Arabic}`;
const attachedBefore = new RegExp(String.raw`^[${attached}][${attached}\p{M}]*`, 'u');
/** A run begins where none goes on, so each is read once; the marks it begins with belong to the letter before. */
const attachedBehind = new RegExp(String.raw`(?<![${attached}\p{M}])[${attached}\p{M}]+$`, 'u');
const attachedLetter = new RegExp(`[${attached}]`, 'u');

function namedWord(word: string): string {
  if (western.test(word)) return word;
  const from = attachedBefore.exec(word)?.[0].length ?? 0;
  const run = attachedBehind.exec(word.slice(from))?.[0] ?? '';
  const letter = run.search(attachedLetter);
  const to = letter < 0 ? word.length : word.length - run.length + letter;
  return word.slice(0, from) + named(word.slice(from, to)) + word.slice(to);
}

/** A word with those of its letters named that could be taken for others: all that are not of its main script, and variants of ASCII letters. */
function named(word: string): string {
  const letters = Array.from(word, (char) => ({ char, script: scripts.findIndex((script) => script.test(char)) }));
  const counts = scripts.map((_, script) => letters.filter((letter) => letter.script === script).length);
  const main = counts.indexOf(Math.max(...counts));
  const hasAscii = asciiLetter.test(word);
  const isOther = (char: string, script: number): boolean =>
    (script >= 0 && script !== main) || isVariant(char, hasAscii);
  return letters.map(({ char, script }) => (isOther(char, script) ? name(char) : char)).join('');
}

/** Drawn like a letter of ASCII: those of mathematics anywhere, those of full width, of Roman numbers and of phonetics, and foreign digits, beside real ones. */
function isVariant(char: string, besideAscii: boolean): boolean {
  if (char <= '\u024f') return false;
  if (/[\u0251\u0261\u1d00-\u1d22\p{Nd}]/u.test(char)) return besideAscii;
  const plain = char.normalize('NFKC');
  return plain.length === 1 && asciiLetter.test(plain) && (besideAscii || !/\p{Script=Latin}/u.test(char));
}

function isNeeded(text: string, offset: number): boolean {
  needed.lastIndex = offset;
  return needed.test(text);
}

function name(char: string): string {
  return `‹U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}
