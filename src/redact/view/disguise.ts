import { hiddenMark } from '../../core/stand-in.ts';
import { addressesIn, mayHoldAddress } from './address.ts';
import type { FindBeginnings } from './beginnings.ts';
import type { Known } from './known-value.ts';
import { mailsIn } from './mail.ts';
import { mayHoldPair, pairsIn } from './pairs.ts';
import type { Place } from './known.ts';
import { eachLayer, escaped, narrow } from './layered.ts';
import { fold, type NeedlesOf } from './needle.ts';
import { replacePlaces, type Found } from './replace.ts';
import { createSearch } from './search.ts';
import type { StandIn } from './stand-in.ts';

/**
 * Replaces known values, mail addresses and network addresses wherever they stand in texts, below any escapes too. When what is known
 * cannot be looked for everywhere in bounded time, the rest of the event's texts is hidden.
 */
export interface Disguise {
  /** `userAgent`: numbers behind a name there are versions. */
  text(text: string, userAgent: boolean): string;
  /** What stands for a known value; undefined for a text that is none as a whole. */
  whole(text: string): string | undefined;
}

/** `beginnings`: finds what the texts have cut off of known values. */
export function createDisguise(
  known: readonly Known[],
  standIn: StandIn,
  needlesOf: NeedlesOf,
  beginnings?: FindBeginnings,
): Disguise {
  const search = createSearch(known.flatMap(({ value, standIn: stand }) => needlesOf(value, stand)));
  const find = (text: string): Hits => {
    const found = search.find(text);
    const cut = beginnings?.(text) ?? none;
    return found === undefined || cut.length === 0 ? found : [...cut, ...found];
  };
  let wholes: ReadonlyMap<string, string> | undefined;
  return {
    whole(text) {
      if (known.length === 0) return undefined;
      wholes ??= new Map(known.map(({ value, standIn: stand }) => [fold(value.trim()), stand]));
      return wholes.get(fold(text));
    },
    text(text, userAgent) {
      if (text.length < 2) return text;
      const hits = hitsIn(narrow(text), find, standIn, userAgent);
      if (hits === undefined) return hiddenMark;
      return hits.length === 0 ? text : replacePlaces(text, hits);
    },
  };
}

const none: readonly never[] = [];
/** Without any of these a text holds only what is known. */
const telling = /[@:.%\\&]|[nN]ame|mail|hint/;

type Hits = readonly Found[] | undefined;
type Find = (text: string) => Hits;

function hitsIn(text: string, find: Find, standIn: StandIn, userAgent: boolean): Hits {
  if (!telling.test(text)) return find(text);
  if (!escaped.test(text)) return allIn(text, find, standIn, userAgent);
  let hits: Hits = none;
  eachLayer(text, (layer, place) => {
    const found = hits && allIn(layer, find, standIn, userAgent);
    if (hits === undefined || found === undefined) hits = undefined;
    else if (found.length > 0) {
      hits = [...hits, ...found.map((hit) => ({ ...hit, start: place(hit.start), end: place(hit.end) }))];
    }
  });
  return hits;
}

function allIn(text: string, find: Find, standIn: StandIn, userAgent: boolean): Hits {
  const known = find(text);
  const places = placesIn(text, userAgent);
  if (known === undefined || places.length === 0) return known;
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
