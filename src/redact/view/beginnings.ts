import type { Known } from './known-value.ts';
import { fold } from './needle.ts';
import type { Found } from './replace.ts';
import { isWordAt, isWordBefore } from './words.ts';

/** Finds the beginnings of known values before `...` and `…`: services cut what they quote, and herald cuts what it says. */
export type FindBeginnings = (text: string) => readonly Found[];

/** Less of a value tells nothing. */
const charsMin = 3;
const ellipsis = /\.{3}|…/;
/** Of what stands between a beginning and it, some may be of the value. */
const ellipsisBehind = /[\s.]*(?:\.{3}|…)/y;

const none: readonly never[] = [];

export function createBeginnings(known: readonly Known[]): FindBeginnings {
  let byStart: ReadonlyMap<string, readonly Known[]> | undefined;
  return (text) => {
    if (!ellipsis.test(text)) return none;
    byStart ??= Map.groupBy(
      known.map(({ value, standIn }) => ({ value: fold(value), standIn })),
      ({ value }) => value.slice(0, charsMin),
    );
    const folded = fold(text);
    const hits: Found[] = [];
    for (let start = 0; start <= folded.length - charsMin; start += 1) {
      if (isWordBefore(folded, start) && isWordAt(folded, start)) continue;
      for (const { value, standIn } of byStart.get(folded.slice(start, start + charsMin)) ?? none) {
        const end = start + beginning(value, folded, start).length;
        ellipsisBehind.lastIndex = end;
        if (end - start < charsMin || !ellipsisBehind.test(folded)) continue;
        hits.push({ start, end, standIn });
        break;
      }
    }
    return hits;
  };
}

/** How much of a value stands at `at`, without dots and blanks at the end: they may be of the ellipsis. */
function beginning(value: string, text: string, at: number): string {
  let length = 0;
  while (length < value.length && value[length] === text[at + length]) length += 1;
  while (length > 0 && dotOrBlank.test(value[length - 1] ?? '')) length -= 1;
  return value.slice(0, length);
}

const dotOrBlank = /[\s.…]/;
