import type { Json, JsonObject } from '../../core/json.ts';
import { shortValue } from '../../core/short-value.ts';
import type { SafeEvent } from '../../core/event.ts';
import { listIn } from './stored.ts';

/** How often each value occurred: place in {@link fields}, value and count, one after the other in one list. Changed in place. */
export type Tops = (string | number)[];

/** What one event adds: place in {@link fields} and value, one after the other in one list. */
export type TopValues = readonly (string | number)[];

/** What the most frequent values are shown of. */
const fields: readonly (readonly [name: string, read: (event: SafeEvent) => string | undefined])[] = [
  ['action', (event) => event.action],
  ['user.username', (event) => event.user.username],
  ['client_ip', (event) => event.client_ip],
  ['application.name', (event) => event.application?.name],
];

/** Different values that are counted per field; later ones count as `others`. */
const valuesMax = 50;
const shownMax = 5;

/** The values of an event, but for the fields named in `except`: those are the same in all of them. */
export function topValues(event: SafeEvent, except: ReadonlySet<string>): TopValues {
  const values: (string | number)[] = [];
  for (const [field, [name, read]] of fields.entries()) {
    const value = except.has(name) ? undefined : read(event);
    if (value !== undefined && value !== '') values.push(field, shortValue(value));
  }
  return values;
}

/** Counts the values of one more event. Returns the list with them. */
export function countTops(tops: Tops, values: TopValues): Tops {
  let counted = tops;
  for (let at = 0; at < values.length; at += 2) counted = count(counted, Number(values[at]), String(values[at + 1]));
  return counted;
}

function count(tops: Tops, field: number, value: string): Tops {
  let known = 0;
  for (let at = 0; at < tops.length; at += 3) {
    if (tops[at] !== field) continue;
    if (tops[at + 1] === value) {
      tops[at + 2] = Number(tops[at + 2]) + 1;
      return tops;
    }
    known += 1;
  }
  // What is pushed to reserves room for sixteen more, and most groups are small.
  return known < valuesMax ? tops.concat([field, value, 1]) : tops;
}

/** The most frequent values by the name of the field, without those in `except`; `(others)` is how many of all events have another one. */
export function shownTops(tops: Tops, events: number, except: ReadonlySet<string>): JsonObject {
  const shown = fields.flatMap(([name], field) => {
    const list = except.has(name) ? [] : mostFrequent(tops, field);
    const others = list.reduce((left, one) => left - one.count, events);
    if (list.length === 0) return [];
    return [[name, others > 0 ? [...list, { value: '(others)', count: others }] : list] as const];
  });
  return Object.fromEntries(shown);
}

function mostFrequent(tops: Tops, field: number): readonly { readonly value: string; readonly count: number }[] {
  const list = [];
  for (let at = 0; at < tops.length; at += 3) {
    if (tops[at] === field) list.push({ value: String(tops[at + 1]), count: Number(tops[at + 2]) });
  }
  return list.sort((a, b) => b.count - a.count).slice(0, shownMax);
}

/** What was written down. Earlier versions wrote a list of pairs for each field. */
export function readTops(stored: Json | undefined): Tops {
  const flat = listIn(stored).flatMap((item, field) =>
    Array.isArray(item) ? item.flatMap((pair: Json) => [field, ...listIn(pair)]) : [item],
  );
  return flat.filter((item) => typeof item === 'string' || typeof item === 'number');
}
