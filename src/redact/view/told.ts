import { ownActions } from '../../core/action.ts';
import type { Event } from '../../core/event.ts';
import { isObject, type Json } from '../../core/json.ts';
import { isCommonWord } from './distinctive.ts';
import { escaped, narrow } from './layered.ts';
import { fold } from './needle.ts';
import { isWordAt, isWordBefore, unspacedScripts } from './words.ts';

/** A title may tell of any field. */
const anyField = '*';

/**
 * The fields of a context whose values may stand in a title, whole, cut off or in part: `username`, `geo.city`, `*` for any. It says so
 * too often rather than too seldom: a field is told of when the title has one of its words that is not a word of every event, or all of
 * its words. Keys below the second are not told apart.
 */
export function fieldsTold(title: string, { action, context }: Pick<Event, 'action' | 'context'>): readonly string[] {
  // What herald quotes may be of any field, and what is escaped is not looked through.
  if (ownActions.has(action) || escaped.test(title)) return [anyField];
  const text = canonical(title);
  const words = wordsOf(text);
  const told: Told = {
    title: text,
    words: new Set(words.map(({ word }) => word)),
    telling: words.filter(({ word }) => tells(word)),
    fields: new Set(),
  };
  for (const key of Object.keys(context)) note(context[key], key, undefined, told);
  return [...told.fields];
}

/** Whether a title with these {@link fieldsTold} may tell of a field of the context; undefined: nobody looked. */
export function mayTell(fields: readonly string[] | undefined, path: readonly string[]): boolean {
  if (fields === undefined) return true;
  const overlaps = (keys: readonly string[]): boolean => keys.every((key, at) => at >= path.length || key === path[at]);
  return fields.some((field) => field === anyField || overlaps(field.split('.')));
}

interface Word {
  readonly word: string;
  /** More of it may have stood where it is cut off. */
  readonly isCut: boolean;
}

interface Told {
  readonly title: string;
  readonly words: ReadonlySet<string>;
  /** Those that say something. */
  readonly telling: readonly Word[];
  readonly fields: Set<string>;
}

/** `first` and `second` are the keys above the item. */
function note(item: Json | undefined, first: string, second: string | undefined, told: Told): void {
  if (typeof item === 'string' || typeof item === 'number') {
    if (stands(canonical(String(item)), told)) told.fields.add(nameOf(first, second));
  } else if (isObject(item)) {
    for (const key of Object.keys(item)) note(item[key], first, second ?? key, told);
  } else if (Array.isArray(item)) {
    for (const one of item as readonly Json[]) note(one, first, second, told);
  }
}

function stands(text: string, { title, words, telling }: Told): boolean {
  if (telling.some((word) => hasWord(text, word))) return true;
  if (text.length > title.length) return false;
  // Most texts are known to be others by their first word.
  const first = isAscii(text) ? asciiWord.exec(text)?.[0] : undefined;
  if (first !== undefined && !words.has(first)) return false;
  const own = wordsOf(text);
  return own.length === 0
    ? text.trim() !== '' && title.includes(text.trim())
    : own.every(({ word }) => words.has(word));
}

function hasWord(text: string, { word, isCut }: Word): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    const isStart = !isWordBefore(text, at) || !isWordAt(text, at);
    if (isStart && (isCut || !isWordBefore(text, end) || !isWordAt(text, end))) return true;
  }
  return false;
}

const plainKey = /^\w{1,64}$/;

function nameOf(first: string, second: string | undefined): string {
  if (!plainKey.test(first) || (second !== undefined && !plainKey.test(second))) return anyField;
  return second === undefined ? first : `${first}.${second}`;
}

// Scripts without edges of words have no words to compare: every two characters beside each other count as one.
const anyWord = new RegExp(`[${unspacedScripts}]+|(?:(?![${unspacedScripts}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');
const unspacedWord = new RegExp(`^[${unspacedScripts}]`, 'u');
/** The same words, where a text has ASCII only; nearly all are such, and properties of Unicode cost ten times as much. */
const asciiWord = /[A-Za-z0-9]+/;
const asciiWords = new RegExp(asciiWord, 'g');
const ellipsisBehind = /\s*(?:\.{3}|…)/y;

function wordsOf(text: string): readonly Word[] {
  if (isAscii(text)) return asciiWordsOf(text);
  return [...text.matchAll(anyWord)].flatMap(({ 0: run, index }) => {
    if (unspacedWord.test(run)) return pairsOf(Array.from(run)).map((word) => ({ word, isCut: false }));
    ellipsisBehind.lastIndex = index + run.length;
    return [{ word: run, isCut: ellipsisBehind.test(text) }];
  });
}

function asciiWordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  const mayBeCut = text.includes('...');
  asciiWords.lastIndex = 0;
  for (let found = asciiWords.exec(text); found !== null; found = asciiWords.exec(text)) {
    ellipsisBehind.lastIndex = asciiWords.lastIndex;
    words.push({ word: found[0], isCut: mayBeCut && ellipsisBehind.test(text) });
  }
  return words;
}

function pairsOf(characters: readonly string[]): readonly string[] {
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, at) => `${characters[at] ?? ''}${character}`);
}

const tellingCharsMin = 3;
/** Words of titles themselves. */
const empty: ReadonlySet<string> = new Set(['and', 'failed', 'for', 'the', 'was']);

function tells(word: string): boolean {
  return (word.length >= tellingCharsMin && !empty.has(word) && !isCommonWord(word)) || unspacedWord.test(word);
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

function canonical(text: string): string {
  // NFKC writes an ellipsis as three dots.
  return isAscii(text) ? text.toLowerCase() : fold(narrow(text).normalize('NFKC'));
}
