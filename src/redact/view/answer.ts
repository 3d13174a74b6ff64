import type { Event } from '../../core/event.ts';
import { hiddenMark } from '../../core/stand-in.ts';
import { createDisguise } from './disguise.ts';
import { isDistinctive } from './known.ts';
import { eachLayer } from './layered.ts';
import { createNeedles, fold } from './needle.ts';
import { replacePlaces, type Found } from './replace.ts';
import { eachValue } from './values.ts';
import { isWordAt, isWordBefore } from './words.ts';

/** Shorter texts that name nobody may be words of the service: `POST`, `user`. */
const textCharsMin = 8;

/**
 * What a service said about events, without what it quoted of them: names, mail addresses, network addresses and texts of eight
 * characters and more become `[hidden]`, however they are escaped, and also their beginnings before `...` and `…`. `writings`: how else
 * a value of one line may be written in this answer, beside its cases and escapes.
 */
export function withoutQuotes(
  answer: string,
  events: readonly Event[],
  writings: (value: string) => readonly string[],
): string {
  const lines = new Set(events.flatMap(valuesOf).map((value) => value.trim().replaceAll(/\s+/g, ' ')));
  const values = new Set([...lines].flatMap((line) => [line, ...writings(line)]));
  const known = [...values].map((value) => ({ value, standIn: hiddenMark }));
  return withoutCutValues(createDisguise(known, () => undefined, createNeedles()).text(answer, false), values);
}

function valuesOf(event: Event): readonly string[] {
  const values: string[] = [];
  eachValue(event, [], (_kind, value) => values.push(value));
  const texts = [event.context, event.user].flatMap(textsOf).filter(({ length }) => length >= textCharsMin);
  return [...values.filter(isDistinctive), ...texts];
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** Less of a value tells nothing. */
const cutCharsMin = 3;
const ellipsis = /\.{3}|…/;
/** Of what stands between a beginning and it, some may be of the value. */
const ellipsisBehind = /[\s.]*(?:\.{3}|…)/y;

/** Services cut what they quote, and herald cuts what they say: of each cut value the beginning is hidden. */
function withoutCutValues(text: string, values: ReadonlySet<string>): string {
  if (!ellipsis.test(text)) return text;
  const byStart = Map.groupBy([...values].map(fold), (value) => value.slice(0, cutCharsMin));
  const hits: Found[] = [];
  eachLayer(text, (layer, place) => {
    const folded = fold(layer);
    for (let start = 0; start <= folded.length - cutCharsMin; start += 1) {
      if (isWordBefore(folded, start) && isWordAt(folded, start)) continue;
      for (const value of byStart.get(folded.slice(start, start + cutCharsMin)) ?? []) {
        const end = start + beginning(value, folded, start).length;
        ellipsisBehind.lastIndex = end;
        if (end - start < cutCharsMin || !ellipsisBehind.test(folded)) continue;
        hits.push({ start: place(start), end: place(end), standIn: hiddenMark });
        break;
      }
    }
  });
  return replacePlaces(text, hits);
}

/** How much of a value stands at `at`, without dots and blanks at the end: they may be of the ellipsis. */
function beginning(value: string, text: string, at: number): string {
  let length = 0;
  while (length < value.length && value[length] === text[at + length]) length += 1;
  return value.slice(0, length).replace(/[\s.…]+$/, '');
}
