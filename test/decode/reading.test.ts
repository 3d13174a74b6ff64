import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addCounts, type Family, type FamilyCounts } from '../../src/core/family.ts';
import { createDecoder } from '../../src/decode/create.ts';
import { readFrom, type Decoded, type ResumePoint } from '../../src/decode/decoder.ts';
import { eventLine } from '../support/lines.ts';
import { options } from './corpus.ts';

// What a file says is known from how it was put together, not from reading it: lines of a known family are wrapped, cut into
// records, mixed with those of the other stream, torn into chunks, and must come out as they went in.

type Stream = 'stdout' | 'stderr';

interface Line {
  readonly family: Family;
  readonly text: string;
  /** The serial of an event. */
  readonly serial: number | undefined;
  readonly stream: Stream;
  /** Where the line is cut into records, as shares of its length. */
  readonly cuts: readonly number[];
}

const maxLineBytes = 1000;
const accessLine =
  '{"auth_via": "session", "event": "/if/user/", "host": "auth.example.com", "level": "info", "logger": "authentik.asgi", ' +
  '"method": "GET", "pid": 48, "remote": "203.0.113.7", "runtime": 31, "scheme": "https", "status": 200, "user": "ada"}';

/** A line of each family; what is longer than the limit is oversized whatever it says. */
const texts = (serial: number): readonly [Family, string][] => [
  ['event', eventLine(serial)],
  ['event', eventLine(serial).replace('"context":{', '"context":{"city":"Zürich – 東京 🗼",')],
  ['access', accessLine],
  ['plain', `line ${serial} of a program that writes no JSON`],
  ['unparsable', '{"event": "Created Event", "logger": "authentik.events.models", "torn'],
  ['oversized', eventLine(serial).replace('"context":{', `"context":{"long":"${'y'.repeat(1500)}",`)],
];

const line = fc
  .record({
    serial: fc.nat(999),
    sort: fc.nat(5),
    stream: fc.constantFrom<Stream>('stdout', 'stderr'),
    cuts: fc.oneof(
      fc.constant([]),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
    ),
  })
  .map(({ serial, sort, stream, cuts }): Line => {
    const [family, text] = texts(serial)[sort] ?? ['plain', ''];
    return { family, text, serial: family === 'event' ? serial : undefined, stream, cuts };
  });

type Form = 'cri' | 'docker' | 'bare';
const forms = fc.constantFrom<Form>('cri', 'docker', 'bare');
const ends = fc.constantFrom('\n', '\r\n');

/** A record of a file, and the line that it is the last record of. */
interface Record {
  readonly bytes: Buffer;
  readonly ends: Line | undefined;
}

function recordsOf(one: Line, form: Form, end: string): readonly Record[] {
  const pieces = form === 'bare' ? [one.text] : cut(one);
  return pieces.map((piece, at) => {
    const last = at === pieces.length - 1;
    return { bytes: Buffer.from(wrapped(piece, last, one.stream, form) + end), ends: last ? one : undefined };
  });
}

function wrapped(piece: string, last: boolean, stream: Stream, form: Form): string {
  if (form === 'bare') return piece;
  if (form === 'cri') return `2026-01-15T09:00:00.5Z ${stream} ${last ? 'F' : 'P'} ${piece}`;
  return JSON.stringify({ log: last ? `${piece}\n` : piece, stream, time: '2026-01-15T09:00:00.5Z' });
}

/** Cuts between characters: no runtime writes half of one. */
function cut({ text, cuts }: Line): readonly string[] {
  const characters = Array.from(text);
  const places = cuts.map((share) => Math.floor(share * characters.length)).sort((a, b) => a - b);
  return [0, ...places].map((from, at) => characters.slice(from, places[at]).join(''));
}

/** The records of both streams mixed, each stream's own in their order. */
function mixed(lines: readonly Line[], form: Form, end: string, turns: readonly boolean[]): readonly Record[] {
  if (form === 'bare') return lines.flatMap((one) => recordsOf(one, form, end));
  const queues = (['stdout', 'stderr'] as const).map((stream) =>
    lines.filter((one) => one.stream === stream).flatMap((one) => recordsOf(one, form, end)),
  );
  const records: Record[] = [];
  for (let at = 0; queues.some((queue) => queue.length > 0); at += 1) {
    const [first = [], second = []] = turns[at % turns.length] === true ? queues : queues.toReversed();
    const next = first.shift() ?? second.shift();
    if (next !== undefined) records.push(next);
  }
  return records;
}

interface Reading {
  readonly events: string[];
  readonly counts: FamilyCounts;
}

/** What the records say, in the order in which their lines end. */
function wantedOf(records: readonly Record[], form: Form): Reading {
  const reading: Reading = { events: [], counts: {} };
  for (const { ends: one } of records) {
    if (one === undefined) continue;
    addCounts(reading.counts, { [one.family]: 1 });
    if (one.serial !== undefined) reading.events.push(`${one.serial} ${form === 'bare' ? '' : one.stream}`);
  }
  return reading;
}

function add(reading: Reading, { events, counts }: Decoded): void {
  addCounts(reading.counts, counts);
  for (const { user, origin } of events) reading.events.push(`${String(user.pk)} ${origin.stream ?? ''}`);
}

const file = fc
  .record({
    lines: fc.array(line, { minLength: 2, maxLength: 12, size: 'max' }),
    form: forms,
    end: ends,
    turns: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    // What a crashed disk or a truncation leaves before a line.
    nuls: fc.nat(3),
  })
  .map(({ lines, form, end, turns, nuls }) => {
    const records = mixed(lines, form, end, turns);
    const bytes = Buffer.concat([
      Buffer.alloc(records.length > 0 ? nuls : 0),
      ...records.map((record) => record.bytes),
    ]);
    return { bytes, wanted: wantedOf(records, form) };
  });

test('lines come out as they went in, whatever wraps, cuts, mixes and tears them', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 800 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(file, sizes, ({ bytes, wanted }, chunks) => {
      const reading: Reading = { events: [], counts: {} };
      const decoder = createDecoder({ ...options, maxLineBytes });
      for (let at = 0, step = 0; at < bytes.length; step += 1) {
        const to = at + (chunks[step % chunks.length] ?? 1);
        add(reading, decoder.push(bytes.subarray(at, to)));
        at = to;
      }
      add(reading, decoder.end());
      assert.deepEqual(reading, wanted);
    }),
    { numRuns: 300, seed: 4 },
  );
});

test('a reader that stops at any byte of the file is gone on from its resume point by another one', () => {
  fc.assert(
    fc.property(file, ({ bytes, wanted }) => {
      const first = createDecoder({ ...options, maxLineBytes });
      const before: Reading = { events: [], counts: {} };
      for (let at = 0; at <= bytes.length; at += 1) {
        const resume: ResumePoint = JSON.parse(JSON.stringify(first.resume()));
        const second = createDecoder({ ...options, maxLineBytes, resume });
        const reading: Reading = { events: [...before.events], counts: { ...before.counts } };
        add(reading, second.push(bytes.subarray(readFrom(resume))));
        add(reading, second.end());
        assert.deepEqual(reading, wanted, `stopped at byte ${at}`);
        add(before, first.push(bytes.subarray(at, at + 1)));
      }
    }),
    { numRuns: 6, seed: 5, endOnFailure: true },
  );
});

test('json-file: a line of any length comes in records of 16 KiB', () => {
  const size = 16 * 1024;
  const long = (chars: number): string =>
    eventLine(7).replace('"context":{', `"context":{"long":"${'y'.repeat(chars)}",`);
  const empty = long(0).length;
  for (const length of [size - 1, size, size + 1, 2 * size - 1, 2 * size, 2 * size + 1, 100_000]) {
    const text = long(length - empty);
    assert.equal(text.length, length);
    // Docker's writer cuts after 16 KiB and gives the newline to the last piece, which may be all that is left.
    const whole = `${text}\n`;
    const records = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
      JSON.stringify({
        log: whole.slice(at * size, (at + 1) * size),
        stream: 'stderr',
        time: '2026-01-15T09:00:00.5Z',
      }),
    );
    const bytes = Buffer.from(`${records.join('\n')}\n`);
    for (const chunk of [bytes.length, 4096, 16_384, 16_385]) {
      const reading: Reading = { events: [], counts: {} };
      const decoder = createDecoder(options);
      for (let at = 0; at < bytes.length; at += chunk) add(reading, decoder.push(bytes.subarray(at, at + chunk)));
      assert.deepEqual(
        reading,
        { events: ['7 stderr'], counts: { event: 1 } },
        `${length} bytes in chunks of ${chunk}`,
      );
      assert.deepEqual(decoder.resume(), { next: bytes.length, open: {} });
    }
  }
});
