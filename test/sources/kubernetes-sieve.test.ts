import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { beginning, readProgress, sinceOf, writeProgress, type Place } from '../../src/sources/kubernetes/place.ts';
import { Sieve } from '../../src/sources/kubernetes/sieve.ts';
import { timeOf } from '../support/kube-api/cluster.ts';

interface Line {
  readonly time: string;
  readonly text: string;
}

/** The log from a place on, as the API sends it. */
function served(log: readonly Line[], place: Place): Buffer {
  const since = sinceOf(place);
  const from = since === undefined ? '' : `${since.slice(0, 19)}.000000000Z`;
  const text = log.filter(({ time }) => time >= from).map((line) => `${line.time} ${line.text}\n`);
  return Buffer.from(text.join(''));
}

/** Reads `bytes` bytes of an answer in pieces; what it lets through, and the place, as it comes back from the journal. */
function read(place: Place, answer: Buffer, bytes: number, pieceBytes: number): { texts: string[]; place: Place } {
  const sieve = new Sieve(place);
  let kept = '';
  for (let at = 0; at < Math.min(bytes, answer.length); at += pieceBytes)
    kept += sieve.take(answer.subarray(at, Math.min(at + pieceBytes, bytes))).toString();
  const texts = kept
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(line.indexOf(' ') + 1));
  assert.equal(sieve.lines, texts.length);
  const saved = readProgress(JSON.parse(JSON.stringify(writeProgress({ restarts: 0, place: sieve.place() }))));
  return { texts, place: saved?.place ?? beginning };
}

/** Steps in ns between lines: none, within a second, over several; back by up to 1.5 s, as of streams written side by side. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 50_000_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 500_000_000, max: 5_000_000_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -1_500_000_000, max: -1 }) },
);
const log = fc.array(fc.tuple(step, fc.integer({ min: 1, max: 300 })), { maxLength: 60 }).map((steps) => {
  let nanos = 10_000_000_000;
  return steps.map(([by, length], at) => {
    nanos = Math.max(0, nanos + by);
    return { time: timeOf(BigInt(nanos)), text: `${at}:${'x'.repeat(length)}` };
  });
});
const cuts = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 2000 })), {
  maxLength: 8,
});

test('cut anywhere and asked again from whole seconds, every line comes exactly once, in order', () => {
  fc.assert(
    fc.property(log, cuts, (all, attempts) => {
      const texts: string[] = [];
      let place = beginning;
      for (const [share, pieceBytes] of [...attempts, [1, 500] as const]) {
        const answer = served(all, place);
        const result = read(place, answer, Math.floor(share * answer.length), pieceBytes);
        texts.push(...result.texts);
        ({ place } = result);
      }
      assert.deepEqual(
        texts,
        all.map(({ text }) => text),
      );
    }),
    { numRuns: 500, seed: 4 },
  );
});

test('over rotations, what is still there comes exactly once', () => {
  fc.assert(
    fc.property(log, log, cuts, (old, next, attempts) => {
      // The new file goes on where the old one ended.
      const last = old.at(-1)?.time ?? timeOf(0n);
      const shift = BigInt(Date.parse(last) - Date.parse(timeOf(0n))) * 1_000_000n;
      const file = next.map(({ time, text }) => ({
        time: timeOf(BigInt(Date.parse(time) - Date.parse(timeOf(0n))) * 1_000_000n + shift),
        text: `next ${text}`,
      }));
      const start = read(beginning, served(old, beginning), Number.POSITIVE_INFINITY, 1000);
      const texts: string[] = [];
      let { place } = start;
      for (const [share, pieceBytes] of [...attempts, [1, 500] as const]) {
        const answer = served(file, place);
        const result = read(place, answer, Math.floor(share * answer.length), pieceBytes);
        texts.push(...result.texts);
        ({ place } = result);
      }
      assert.deepEqual(
        texts,
        file.map(({ text }) => text),
      );
    }),
    { numRuns: 300, seed: 5 },
  );
});

test('more lines of one timestamp than are remembered: none is lost', () => {
  const all = Array.from({ length: 500 }, (_, at) => ({ time: timeOf(1n), text: `${at}` }));
  const first = read(beginning, served(all, beginning), 8000, 100);
  const second = read(first.place, served(all, first.place), Number.POSITIVE_INFINITY, 100);
  assert.deepEqual(new Set([...first.texts, ...second.texts]), new Set(all.map(({ text }) => text)));
});

test('a dense log, ten lines a timestamp: cut anywhere, each line once', () => {
  const all = Array.from({ length: 1000 }, (_, at) => ({ time: timeOf(BigInt(Math.floor(at / 10))), text: `${at}` }));
  const texts: string[] = [];
  let place = beginning;
  for (let bytes = 1000; texts.length < all.length; bytes += 777) {
    const result = read(place, served(all, place), bytes, 300);
    texts.push(...result.texts);
    ({ place } = result);
  }
  assert.deepEqual(
    texts,
    all.map(({ text }) => text),
  );
});

test('a clock that was set back: what comes after is new, while the stream is open and after it', () => {
  const line = (seconds: number, text: string): Line => ({ time: timeOf(BigInt(seconds) * 1_000_000_000n), text });
  const all = [line(3600, 'a'), line(3601, 'b'), line(10, 'c'), line(11, 'd'), line(12, 'e')];
  const before = read(beginning, served(all.slice(0, 2), beginning), Number.POSITIVE_INFINITY, 100);
  // A stream that was opened before brings every line.
  const open = served(all.slice(1, 4), beginning);
  const first = read(before.place, open, Number.POSITIVE_INFINITY, 100);
  assert.deepEqual(first.texts, ['c', 'd']);
  const second = read(first.place, served(all, first.place), Number.POSITIVE_INFINITY, 100);
  assert.ok(second.texts.includes('e'));
});

test('behind the first new line of a rotated log, an older time is new too', () => {
  const line = (millis: number): Line => ({ time: timeOf(BigInt(millis) * 1_000_000n), text: `${millis}` });
  const { place } = read(beginning, served([line(10_000)], beginning), Number.POSITIVE_INFINITY, 100);
  const next = served([line(11_000), line(7900), line(12_000)], place);
  assert.deepEqual(read(place, next, Number.POSITIVE_INFINITY, 100).texts, ['11000', '7900', '12000']);
});

test('a place names a bounded number of lines, and none of their text', () => {
  const all = Array.from({ length: 10_000 }, (_, at) => ({ time: timeOf(BigInt(at)), text: `secret-${at}` }));
  const { place } = read(beginning, served(all, beginning), Number.POSITIVE_INFINITY, 16_384);
  assert.ok(place.marks.length < 128, `${place.marks.length}`);
  assert.doesNotMatch(JSON.stringify(place), /secret/);
});

test('says when the last line that was read is not there any more', () => {
  const line = (nanos: bigint): Line => ({ time: timeOf(nanos), text: `${nanos}` });
  const { place } = read(beginning, served([line(1n), line(2n)], beginning), Number.POSITIVE_INFINITY, 100);
  const there = new Sieve(place);
  there.take(served([line(1n), line(2n), line(3n)], place));
  assert.equal(there.missing, undefined);
  const gone = new Sieve(place);
  gone.take(served([line(3n), line(4n)], place));
  assert.deepEqual(gone.missing, { after: timeOf(2n), before: timeOf(3n) });
});

test('the remainder of a line whose first part is older than the second that was asked for is not a line', () => {
  const line = (seconds: number, text: string): Line => ({ time: timeOf(BigInt(seconds) * 1_000_000_000n), text });
  const { place } = read(beginning, served([line(1, 'a'), line(10, 'b')], beginning), Number.POSITIVE_INFINITY, 100);
  const since = sinceOf(place) ?? '';
  // Its time is that of its last part, the first one to be sent.
  const rest = Buffer.from(`${since.slice(0, 19)}.000000000Z cut}\n`);
  const answer = Buffer.concat([rest, served([line(10, 'b'), line(11, 'c')], place)]);
  assert.deepEqual(read(place, answer, Number.POSITIVE_INFINITY, 100).texts, ['c']);
});
