import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../src/core/event.ts';
import { createDecoder } from '../../src/decode/create.ts';

const folder = join(import.meta.dirname, '../fixtures/corpus');

/** The lines of the corpus, events or not. */
export function corpusLines(): readonly string[] {
  return readFileSync(join(folder, 'lines.log'), 'utf8').split('\n').slice(0, -1);
}

/** The events of the corpus as the decoder gives them, failed logins with unknown names among them. */
export function decodedEvents(): readonly Event[] {
  const decoder = createDecoder({ origin: {}, maxLineBytes: 4 * 1024 * 1024, lookalikes: true });
  const { events } = decoder.push(readFileSync(join(folder, 'lines.log')));
  return [...events, ...decoder.end().events];
}

/** The secrets that were planted into the corpus. */
export function plantedSecrets(): readonly string[] {
  return readFileSync(join(folder, 'secrets.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The strings of a JSON value, keys left out, each with the keys that lead to it. */
export function textsOf(value: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => textsOf(item, `${path}.${key}`));
}
