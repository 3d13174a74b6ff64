import type { Event } from '../../core/event.ts';
import { hiddenMark } from '../../core/stand-in.ts';
import { createDisguise } from './disguise.ts';
import { isDistinctive } from './known.ts';
import { createNeedles } from './needle.ts';
import { eachValue } from './values.ts';

/** Shorter texts that name nobody may be words of the service: `POST`, `user`. */
const textCharsMin = 8;

/**
 * What a service said about events, without what it quoted of them: names, mail addresses, network addresses and texts of eight
 * characters and more become `[hidden]`, however they are escaped, also one that is cut off at the end.
 */
export function withoutQuotes(answer: string, events: readonly Event[]): string {
  const values = new Set(events.flatMap(valuesOf));
  const known = [...values].map((value) => ({ value, standIn: hiddenMark }));
  const shown = createDisguise(known, () => undefined, createNeedles()).text(answer, false);
  return shown.endsWith('…') ? withoutCutValue(shown.slice(0, -1), values) : shown;
}

function valuesOf(event: Event): readonly string[] {
  const values: string[] = [];
  eachValue(event, [], (_kind, value) => values.push(value));
  const names = values.filter(isDistinctive);
  return [...names, ...[event.context, event.user].flatMap(textsOf).filter(({ length }) => length >= textCharsMin)];
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** Less of a value at the end tells nothing. */
const cutCharsMin = 3;

function withoutCutValue(text: string, values: ReadonlySet<string>): string {
  let end = text.length;
  for (const value of values) {
    const start = value.slice(0, cutCharsMin);
    for (let at = text.indexOf(start); at >= 0 && at < end; at = text.indexOf(start, at + 1))
      if (value.startsWith(text.slice(at))) end = at;
  }
  return end === text.length ? `${text}…` : `${text.slice(0, end)}${hiddenMark}…`;
}
