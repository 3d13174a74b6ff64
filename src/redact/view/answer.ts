import type { Event } from '../../core/event.ts';
import { hiddenMark } from '../../core/stand-in.ts';
import { createBeginnings } from './beginnings.ts';
import { createDisguise } from './disguise.ts';
import { isDistinctive } from './distinctive.ts';
import { createNeedles } from './needle.ts';
import { eachValue } from './values.ts';

/** Shorter texts that name nobody may be words of the service: `POST`, `user`. */
const textCharsMin = 8;

/** What may be Base64, of either alphabet. Less of it has no room for a name and what stands around it. */
const base64 = /[\w+/-]{12,}={0,2}/g;

/**
 * What a service said about events, without what it quoted of them: names, mail addresses, network addresses and texts of eight
 * characters and more become `[hidden]`, however they are escaped, and also their beginnings before `...` and `…`; Base64 with any of
 * them does as a whole. `writings`: how else a value of one line may be written in this answer, beside its cases and escapes.
 */
export function withoutQuotes(
  answer: string,
  events: readonly Event[],
  writings: (value: string) => readonly string[],
): string {
  const lines = new Set(events.flatMap(valuesOf).map((value) => value.trim().replaceAll(/\s+/g, ' ')));
  const values = new Set([...lines].flatMap((line) => [line, ...writings(line)]));
  const known = [...values].map((value) => ({ value, standIn: hiddenMark }));
  const disguise = createDisguise(known, () => undefined, createNeedles(), createBeginnings(known));
  const tells = (text: string): boolean => disguise.text(text, false) !== text;
  return disguise.text(
    answer.replaceAll(base64, (run) => (decodings(run).some(tells) ? hiddenMark : run)),
    false,
  );
}

/** What is encoded before or behind it was cut off. */
function decodings(run: string): readonly string[] {
  return [0, 1, 2, 3].map((before) => `${Buffer.from(run.slice(before), 'base64').toString('utf8')}…`);
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
