import { hiddenMark } from '../../core/stand-in.ts';
import { addressesIn, mayHoldAddress } from './address.ts';
import { mailsIn } from './mail.ts';
import { mayHoldPair, pairsIn } from './pairs.ts';
import type { Identity, Place } from './known.ts';
import { eachLayer, escaped } from './layered.ts';
import { findNeedle, fold, type Needle, type NeedlesOf } from './needle.ts';

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

/** Characters times values that are looked for in all texts of one event: some 100 ms at most. */
const workMax = 100_000_000;

/** Replaces known values, mail addresses and network addresses wherever they stand in texts, below any escapes too. */
export interface Disguise {
  /** `userAgent`: numbers behind a name there are versions. */
  text(text: string, userAgent: boolean): string;
}

export function createDisguise(known: readonly Known[], standIn: StandIn, needlesOf: NeedlesOf): Disguise {
  const needles = known.flatMap(({ value, standIn: stand }) => needlesOf(value, stand));
  let work = 0;
  return {
    text(text, userAgent) {
      if (text.length < 2) return text;
      work += text.length * (needles.length + 1);
      if (work > workMax) return hiddenMark;
      const hits = hitsIn(text, needles, standIn, userAgent);
      return hits.length === 0 ? text : apply(text, hits);
    },
  };
}

const none: readonly never[] = [];
/** Without any of these a text holds only what is known. */
const telling = /[@:.%\\&]|[nN]ame|mail|hint/;

function hitsIn(text: string, needles: readonly Needle[], standIn: StandIn, userAgent: boolean): readonly Hit[] {
  if (!telling.test(text)) return findKnown(text, needles);
  if (!escaped.test(text)) return find(text, needles, standIn, userAgent);
  let hits: readonly Hit[] = none;
  eachLayer(text, (layer, place) => {
    const found = find(layer, needles, standIn, userAgent);
    if (found.length > 0) {
      hits = [...hits, ...found.map((hit) => ({ ...hit, start: place(hit.start), end: place(hit.end) }))];
    }
  });
  return hits;
}

function find(text: string, needles: readonly Needle[], standIn: StandIn, userAgent: boolean): readonly Hit[] {
  const known = findKnown(text, needles);
  const places = placesIn(text, userAgent);
  if (places.length === 0) return known;
  const seen = places.flatMap(({ start, end, identity, value = text.slice(start, end) }) => {
    const stand = standIn(identity, value);
    return stand === undefined ? [] : [{ start, end, standIn: stand }];
  });
  return seen.length === 0 ? known : [...known, ...seen];
}

/** User agents that held nothing: the same few come with nearly every event. */
const quietAgents = new Set<string>();
const quietMax = 4096;
const quietCharsMax = 400;

function placesIn(text: string, userAgent: boolean): readonly Place[] {
  if (userAgent && quietAgents.has(text)) return none;
  const places = [
    ...(mayHoldPair(text) ? pairsIn(text) : none),
    ...mailsIn(text),
    ...(mayHoldAddress(text) ? addressesIn(text, userAgent) : none),
  ];
  if (userAgent && places.length === 0 && text.length <= quietCharsMax) {
    if (quietAgents.size >= quietMax) quietAgents.clear();
    quietAgents.add(text);
  }
  return places;
}

function findKnown(text: string, needles: readonly Needle[]): readonly Hit[] {
  if (needles.length === 0) return none;
  let hits: Hit[] | undefined;
  const folded = fold(text);
  for (const needle of needles) {
    if (folded.includes(needle.text)) {
      findNeedle(needle, text, folded, (start, end, stand) => (hits ??= []).push({ start, end, standIn: stand }));
    }
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
