import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asObject, asText, get } from '../../src/core/json.ts';
import { createDecoder } from '../../src/decode/create.ts';
import type { Decoded, Decoder, DecoderOptions } from '../../src/decode/decoder.ts';
import type { Event } from '../../src/core/event.ts';
import { addCounts, type Family, type FamilyCounts } from '../../src/core/family.ts';

export const corpus = join(import.meta.dirname, '../fixtures/corpus');

/** The fields of an event that the corpus names. */
export interface ExpectedEvent {
  readonly action: string;
  readonly client_ip: string | null;
  readonly username: string | null;
  readonly timestamp: string;
  readonly schema_name: string | null;
  readonly model: string | null;
  readonly authorized_application: string | null;
  readonly on_behalf_of: string | null;
}

export interface ExpectedLine {
  readonly line: number;
  readonly family: Family;
  readonly event: ExpectedEvent | null;
}

/** The objects of an NDJSON file of the corpus. */
export function readNdjson<T>(path: string): T[] {
  const lines = readFileSync(join(corpus, path), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): T => JSON.parse(line));
}

/** The raw lines of lines.log. */
export function rawLines(): Buffer[] {
  const bytes = readFileSync(join(corpus, 'lines.log'));
  const lines: Buffer[] = [];
  for (let from = 0, to; (to = bytes.indexOf(10, from)) >= 0; from = to + 1) lines.push(bytes.subarray(from, to));
  return lines;
}

export const options: DecoderOptions = {
  origin: { namespace: 'authentik', pod: 'authentik-server-0', container: 'server' },
  maxLineBytes: 4 * 1024 * 1024,
  lookalikes: false,
};

/** What an event of ours says in the corpus' terms; microseconds are not kept. */
export function summary(event: Event): ExpectedEvent {
  return {
    action: event.action,
    client_ip: event.client_ip ?? null,
    username: event.user.username ?? null,
    timestamp: new Date(event.at).toISOString(),
    schema_name: event.schema_name ?? null,
    model: event.model === undefined ? null : `${event.model.app}.${event.model.model_name}`,
    // `event.application` has the application of other events too.
    authorized_application: asText(get(asObject(get(event.context, 'authorized_application')), 'name')) ?? null,
    on_behalf_of: event.user.on_behalf_of?.username ?? null,
  };
}

/** The corpus' expectation with its time cut to milliseconds. */
export function expectation(event: ExpectedEvent): ExpectedEvent {
  const [, seconds = '', fraction = ''] = /^([^.Z]+)(?:\.(\d+))?Z$/.exec(event.timestamp) ?? [];
  return { ...event, timestamp: `${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z` };
}

export interface Total {
  readonly events: Event[];
  readonly counts: FamilyCounts;
}

/** Adds what a push gave to a total. */
export function addTo(total: Total, decoded: Decoded): Decoded {
  total.events.push(...decoded.events);
  addCounts(total.counts, decoded.counts);
  return decoded;
}

/** Decodes all of it at once. */
export function decodeAll(bytes: Uint8Array | string, changes: Partial<DecoderOptions> = {}): Total {
  const total: Total = { events: [], counts: {} };
  const decoder: Decoder = createDecoder({ ...options, ...changes });
  addTo(total, decoder.push(Buffer.from(bytes)));
  addTo(total, decoder.end());
  return total;
}
