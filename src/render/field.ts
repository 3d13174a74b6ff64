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
  return field(name, value, shortCharsMax, true);
}

/** A field that wants a line of its own, or none for an empty value. */
export function long(name: string, value: string | undefined): readonly Field[] {
  return field(name, value, longCharsMax, false);
}

/** Chat services refuse names and values that are blank. */
function field(name: string, value: string | undefined, max: number, short: boolean): readonly Field[] {
  if (value === undefined || value.trim() === '') return [];
  return [{ name: name.trim() === '' ? 'unnamed' : name, value: cut(value, max), short }];
}
