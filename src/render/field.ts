import { cut } from './cut.ts';

/** A labelled fact. `short` ones may stand side by side. Both texts may come from events; the value is at most 1000 units long. */
export interface Field {
  readonly name: string;
  readonly value: string;
  readonly short: boolean;
}

/** A link that we made ourselves: neither its label nor its host comes from an event. */
export interface Link {
  readonly label: string;
  readonly url: string;
}

const shortCharsMax = 200;
const longCharsMax = 1000;

/** A short field of at most 200 units, or none for an empty value. */
export function short(name: string, value: string | undefined): readonly Field[] {
  return value === undefined || value === '' ? [] : [{ name, value: cut(value, shortCharsMax), short: true }];
}

/** A field that wants a line of its own, or none for an empty value. */
export function long(name: string, value: string | undefined): readonly Field[] {
  return value === undefined || value === '' ? [] : [{ name, value: cut(value, longCharsMax), short: false }];
}
