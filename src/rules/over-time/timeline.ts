import type { Json } from '../../core/json.ts';
import { listIn, numberIn, textIn } from './stored.ts';

/**
 * Times of events, each with a value where values matter; `values` is empty where they do not. Times count from `since`: small numbers
 * take half the room, in memory and on disk. Changed in place.
 */
export type Timeline = { readonly since: number; at: number[]; values: string[] };

const shortMax = 32;
const roomMin = 4;
/** Of every timeline without values; nothing is ever put into it. */
const noValues: string[] = [];

export function newTimeline(since: number): Timeline {
  return { since, at: [], values: noValues };
}

/** Puts a time into its place, behind those that are the same, and returns the place. `at` counts from `since`. */
export function insert(timeline: Timeline, at: number, value: string | undefined): number {
  const { at: times, values } = timeline;
  let place = times.length;
  while (place > 0 && (times[place - 1] ?? 0) > at) place -= 1;
  if (place === times.length) append(timeline, at, value);
  else {
    times.splice(place, 0, at);
    if (value !== undefined) values.splice(place, 0, value);
  }
  return place;
}

/** Puts a time at the end. */
export function append(timeline: Timeline, at: number, value: string | undefined): void {
  timeline.at = longer(timeline.at, at);
  if (value === undefined) return;
  // One text for all that are the same: every event brings its own.
  const before = timeline.values.at(-1);
  timeline.values = longer(timeline.values, before === value ? before : value);
}

/** A list with one more. What is pushed to reserves room for sixteen more, and most lists here are short: they get room for four. */
function longer<T>(list: T[], item: T): T[] {
  const { length } = list;
  if (length >= shortMax || length % roomMin !== 0) {
    list.push(item);
    return list;
  }
  // oxlint-disable-next-line unicorn/no-new-array -- made with a length, it has room for just so many
  const roomy = new Array<T>(length + roomMin);
  for (let at = 0; at < length; at += 1) roomy[at] = list[at] ?? item;
  roomy[length] = item;
  roomy.length = length + 1;
  return roomy;
}

/** Takes out so many from this place on. */
export function remove({ at, values }: Timeline, place: number, count: number): void {
  if (count === 0) return;
  at.splice(place, count);
  if (values.length > 0) values.splice(place, count);
}

/** As it is written down. */
export function writeTimeline({ since, at, values }: Timeline): Json {
  return values.length === 0 ? [since, at] : [since, at, values];
}

/** What is put into a timeline, as it is written down: its time, and the value where values matter. */
export function writeMoment(at: number, value: string | undefined): Json {
  return value === undefined ? at : [at, value];
}

export function readMoment(stored: Json): readonly [at: number, value: string | undefined] {
  return Array.isArray(stored) ? [numberIn(stored[0]), textIn(stored[1])] : [numberIn(stored), undefined];
}

/** What was written down. Earlier versions wrote a list of pairs; `timeFirst` tells which of them came first. */
export function readTimeline(stored: Json, timeFirst: boolean): Timeline {
  const [since, at, values] = listIn(stored);
  if (typeof since === 'number') return { since, at: listIn(at).map(numberIn), values: listIn(values).map(textIn) };
  const pairs = listIn(stored).map(listIn);
  const [timePlace, valuePlace] = timeFirst ? [0, 1] : [1, 0];
  const times = pairs.map((pair) => numberIn(pair[timePlace]));
  const [first = 0] = times;
  return { since: first, at: times.map((time) => time - first), values: pairs.map((pair) => textIn(pair[valuePlace])) };
}
