import { isWordBefore, wordLength } from './words.ts';

/** A value in one of its spellings, as it is looked for. */
export interface Needle {
  /** {@link fold}ed, with one blank between its words. */
  readonly text: string;
  readonly standIn: string;
  /** The length of the word that it begins with; 0 when it begins with something else. */
  readonly firstWord: number;
  /** It ends in a word, so that no letter or digit may follow: `root` is not in `rootkit`. */
  readonly wordEnd: boolean;
}

/** The needles for a value. */
export type NeedlesOf = (value: string, standIn: string) => readonly Needle[];

/** Values whose needles are remembered: people come again and again. Names have 150 characters at most in authentik, addresses 254. */
const rememberedMax = 4096;
const rememberedCharsMax = 256;

/** {@link needlesFor} that remembers what it made. */
export function createNeedles(): NeedlesOf {
  const remembered = new Map<string, readonly Needle[]>();
  return (value, standIn) => {
    const before = remembered.get(value);
    if (before !== undefined && before[0]?.standIn === standIn) return before;
    const needles = needlesFor(value, standIn);
    if (value.length > rememberedCharsMax) return needles;
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(value, needles);
    return needles;
  };
}

/** The needles for a value: its letters composed and decomposed. */
function needlesFor(value: string, standIn: string): readonly Needle[] {
  const trimmed = value.trim().replaceAll(/\s+/g, ' ');
  const forms = /[^\0-\x7f]/.test(value) ? ['NFC', 'NFD', 'NFKC'].map((form) => trimmed.normalize(form).trim()) : [];
  const texts = new Set([trimmed, ...forms].map(fold).filter((text) => text !== ''));
  return [...texts].map((text) => ({
    text,
    standIn,
    firstWord: wordLength(text, 0),
    wordEnd: isWordBefore(text, text.length),
  }));
}

/** In lower case, each character where it was. A sigma is written by what stands beside it, so all are written alike. */
export function fold(text: string): string {
  return lowered(text).replaceAll('ς', 'σ');
}

function lowered(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  let out = '';
  for (const char of text) {
    const one = char.toLowerCase();
    out += one.length === char.length ? one : char;
  }
  return out;
}
