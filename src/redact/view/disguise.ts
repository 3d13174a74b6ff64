import { addressesIn, mayHoldAddress } from './address.ts';
import { mailsIn } from './mail.ts';
import { pairsIn } from './pairs.ts';
import type { Identity } from './known.ts';
import { eachLayer } from './layered.ts';
import { createNeedle, findNeedle, fold, type Needle } from './needle.ts';

/** What stands in the place of a value; undefined for a value that is shown. */
export type StandIn = (identity: Identity | 'value', value: string) => string | undefined;

/** A value of an event that must not be seen, and what stands for it. */
export interface Known {
  readonly value: string;
  readonly standIn: string;
}

interface Hit {
  readonly start: number;
  readonly end: number;
  readonly standIn: string;
}

/** What stands for a value, and for a text in which there is too much to look for. */
export const hiddenMark = '[hidden]';

/** Characters times values that are looked for in all texts of one event: some 100 ms at most. */
const workMax = 100_000_000;

/** Replaces known values, mail addresses and network addresses wherever they stand in texts, below any escapes too. */
export interface Disguise {
  /** `userAgent`: numbers behind a name there are versions. */
  text(text: string, userAgent: boolean): string;
}

export function createDisguise(known: readonly Known[], standIn: StandIn): Disguise {
  const needles = known.flatMap(({ value, standIn: stand }) => createNeedle(value, stand));
  let work = 0;
  return {
    text(text, userAgent) {
      if (text.length < 2) return text;
      work += text.length * (needles.length + 1);
      if (work > workMax) return hiddenMark;
      const hits = hitsIn(text, (layer) => find(layer, needles, standIn, userAgent));
      return hits.length === 0 ? text : apply(text, hits);
    },
  };
}

function hitsIn(text: string, findIn: (text: string) => readonly Hit[]): readonly Hit[] {
  let hits = none;
  eachLayer(text, (layer, place) => {
    const found = findIn(layer);
    if (found.length > 0) {
      hits = [...hits, ...found.map(({ start, end, standIn }) => ({ start: place(start), end: place(end), standIn }))];
    }
  });
  return hits;
}

const none: readonly Hit[] = [];

function find(text: string, needles: readonly Needle[], standIn: StandIn, userAgent: boolean): readonly Hit[] {
  let hits: Hit[] | undefined;
  const add = (start: number, end: number, stand: string | undefined): void => {
    if (stand !== undefined) (hits ??= []).push({ start, end, standIn: stand });
  };
  if (needles.length > 0) {
    const folded = fold(text);
    for (const needle of needles) findNeedle(needle, text, folded, add);
  }
  for (const { start, end, identity } of pairsIn(text)) add(start, end, standIn(identity, text.slice(start, end)));
  for (const { start, end } of mailsIn(text)) add(start, end, standIn('mail', text.slice(start, end)));
  if (mayHoldAddress(text)) {
    for (const hit of addressesIn(text, userAgent)) add(hit.start, hit.end, standIn('address', hit.text));
  }
  return hits ?? none;
}

/** Of hits that overlap the widest names them all. */
function apply(text: string, hits: readonly Hit[]): string {
  let out = '';
  let at = 0;
  let open: Hit | undefined;
  let widest = 0;
  const close = (): void => {
    if (open === undefined) return;
    out += text.slice(at, open.start) + open.standIn;
    at = open.end;
  };
  for (const hit of hits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const width = hit.end - hit.start;
    if (open === undefined || hit.start >= open.end) {
      close();
      [open, widest] = [hit, width];
      continue;
    }
    const standIn: string = width > widest ? hit.standIn : open.standIn;
    widest = Math.max(widest, width);
    open = { start: open.start, end: Math.max(open.end, hit.end), standIn };
  }
  close();
  return out + text.slice(at);
}
