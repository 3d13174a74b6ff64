/** Printable ASCII needs no further look. */
const plainAscii = /^[\x20-\x7e]*$/;

/** Line ends of every kind: text from events never starts a second line. */
const lineEnds = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;

/** A joiner inside an emoji sequence or between letters of a script that needs it is part of the word. */
const scripts = String.raw`[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}\p{Script=Malayalam}]`;
const joiner = new RegExp(
  String.raw`(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})|(?<=${scripts})(?:\u200c|\u200d)(?=${scripts})`,
  'uy',
);

/** Everything that has no shape of its own or turns the direction of writing: controls, format characters, fillers, odd selectors. */
const unseen =
  // oxlint-disable-next-line no-misleading-character-class -- they are meant one by one
  /[\p{Cc}\p{Cf}\p{Co}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0d\u{e0000}-\u{e0fff}]/gu;

/** More combining marks on one letter than a language uses paint over the neighbouring lines. */
const pile = /(\p{M}{6})\p{M}+/gu;

/**
 * The text on one line with nothing hidden in it, for people: as {@link unhidden}, and in a word of letters that look alike in
 * two scripts the ones of the script that it has fewer of are named too: `‹U+0430›dmin` begins with a Cyrillic letter.
 */
export function visible(text: string): string {
  return plainAscii.test(text) ? text : unhidden(text).replaceAll(lettersAlike, named);
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
    .replaceAll(unseen, (char, offset: number, whole: string) => (isJoiner(whole, offset) ? char : name(char)))
    .replaceAll(pile, '$1');
}

/** Scripts with letters that are drawn like Latin ones. */
const alike = String.raw`\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}`;
const latinLetter = /\p{Script=Latin}/gu;
const alikeLetter = new RegExp(`[${alike}]`, 'gu');
/** Letters of these scripts in one run, with their marks and digits. */
const lettersAlike = new RegExp(String.raw`[\p{Script=Latin}${alike}\p{M}\p{N}]+`, 'gu');

/** A word of two scripts with the letters of the rarer one named; any other word as it is. */
function named(word: string): string {
  const other = word.match(alikeLetter)?.length ?? 0;
  if (other === 0) return word;
  const latin = word.match(latinLetter)?.length ?? 0;
  return latin === 0 ? word : word.replaceAll(other <= latin ? alikeLetter : latinLetter, name);
}

function isJoiner(text: string, offset: number): boolean {
  joiner.lastIndex = offset;
  return joiner.test(text);
}

function name(char: string): string {
  return `‹U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}
