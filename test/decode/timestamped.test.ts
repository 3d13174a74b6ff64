import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalTime } from '../../src/decode/time.ts';
import { accessLine, eventLine } from '../support/lines.ts';
import { decodeAll, rawLines } from './corpus.ts';

const api = { form: 'timestamped' } as const;
const time = '2026-01-15T08:59:08.543472529Z';

/** Texts by which the same line, printed once, is written in a log file and by the pod-log API. */
const writings = [
  // The file's form by containerd, which drops zeros, or CRI-O, and what the kubelet makes of it.
  ['2026-01-15T08:59:08.543472529Z', '2026-01-15T08:59:08.543472529Z'],
  ['2026-01-15T08:59:08.54Z', '2026-01-15T08:59:08.540000000Z'],
  ['2026-01-15T08:59:08Z', '2026-01-15T08:59:08.000000000Z'],
  ['2026-01-15T08:59:08.543472529+00:00', '2026-01-15T08:59:08.543472529Z'],
  ['2026-01-15T09:59:08.5434725+01:00', '2026-01-15T09:59:08.543472500+01:00'],
] as const;

for (const [file, kubelet] of writings) {
  test(`an event has the same id in a file (${file}) and from the API (${kubelet})`, () => {
    const fromFile = decodeAll(`${file} stderr F ${eventLine(1)}\n`).events;
    const fromApi = decodeAll(`${kubelet} ${eventLine(1)}\n`, api).events;
    assert.equal(fromFile.length, 1);
    assert.equal(fromApi[0]?.id, fromFile[0]?.id);
    assert.equal(fromApi[0]?.at, fromFile[0]?.at);
  });
}

test('a joined line has the same id as its parts in a file', () => {
  const [head, tail] = [eventLine(1).slice(0, 100), eventLine(1).slice(100)];
  const parts = `${time} stderr P ${head}\n2026-01-15T08:59:08.6Z stderr F ${tail}\n`;
  assert.equal(decodeAll(`${time} ${eventLine(1)}\n`, api).events[0]?.id, decodeAll(parts).events[0]?.id);
});

test('a CRI time of any length is a time: a blank at the usual place behind it is not its end', () => {
  for (let digits = 1; digits <= 9; digits += 1) {
    const line = `2026-01-15T08:59:08.${'123456789'.slice(0, digits)}Z stdout F ${eventLine(1)}\n`;
    assert.equal(decodeAll(line).counts.event, 1, line);
  }
});

test('every line of the corpus is of the same family as in a file', () => {
  const lines = rawLines().map((line) => line.toString('latin1'));
  const form = (prefix: string): Buffer => Buffer.from(lines.map((line) => `${prefix}${line}\n`).join(''), 'latin1');
  assert.deepEqual(decodeAll(form(`${time} `), api).counts, decodeAll(form(`${time} stdout F `)).counts);
});

test('text that looks like a wrapper is text', () => {
  const forged = [
    `stdout F ${eventLine(1)}`,
    `stderr P ${eventLine(1)}`,
    JSON.stringify({ log: `${eventLine(1)}\n`, stream: 'stdout', time }),
    `${time} ${eventLine(1)}`,
    `server-1  | ${eventLine(1)}`,
  ];
  for (const text of forged) assert.deepEqual(decodeAll(`${time} ${text}\n`, api).events, [], text);
});

test('a line without a time is counted as unparsable: an empty text is one', () => {
  const words = 'unable to retrieve container logs for containerd://4f2a';
  assert.deepEqual(decodeAll(`${words}\n${eventLine(1)}\n${time}\n${time} \n${time} ${accessLine}\n`, api).counts, {
    unparsable: 3,
    plain: 1,
    access: 1,
  });
});

test('an over-long line is oversized, also one that resembles a CRI record', () => {
  for (const text of ['x', 'stdout P x', '{']) {
    const lines = `${time} ${text}${'y'.repeat(3000)}\n${time} ${eventLine(1)}\n`;
    assert.deepEqual(decodeAll(lines, { ...api, maxLineBytes: 1000 }).counts, { oversized: 1, event: 1 }, text);
  }
});

test('a canonical time is the same instant, and such times sort as texts', () => {
  const instant = fc.tuple(
    fc.integer({ min: 0, max: 4e9 }),
    fc.integer({ min: 0, max: 999_999_999 }),
    fc.integer({ min: -14 * 60, max: 14 * 60 }),
  );
  /** As Go writes it: zeros dropped, the offset of the zone. */
  const written = ([second, nano, zone]: readonly [number, number, number]): string => {
    const local = new Date(second * 1000 + zone * 60_000).toISOString().slice(0, 19);
    const fraction = String(nano).padStart(9, '0').replace(/0+$/, '');
    const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
    const offset = zone === 0 ? 'Z' : `${zone < 0 ? '-' : '+'}${two(Math.abs(zone) / 60)}:${two(Math.abs(zone) % 60)}`;
    return `${local}${fraction === '' ? '' : `.${fraction}`}${offset}`;
  };
  fc.assert(
    fc.property(instant, instant, (one, two) => {
      // A zone may put the year before 1970, which is no time of a log.
      fc.pre(one[0] > 86_400 && two[0] > 86_400);
      const [a, b] = [canonicalTime(written(one)), canonicalTime(written(two))];
      assert.equal(a, `${new Date(one[0] * 1000).toISOString().slice(0, 19)}.${String(one[1]).padStart(9, '0')}Z`);
      assert.equal(a < b, one[0] < two[0] || (one[0] === two[0] && one[1] < two[1]));
    }),
    { numRuns: 500, seed: 3 },
  );
  for (const text of ['', 'yesterday', '2026-01-15 08:59:08', '2026-13-15T08:59:08Z'])
    assert.equal(canonicalTime(text), text);
});
