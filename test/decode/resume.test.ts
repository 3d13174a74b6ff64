import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { createDecoder } from '../../src/decode/create.ts';
import { readFrom, type ResumePoint } from '../../src/decode/decoder.ts';
import { addTo, corpus, decodeAll, options, rawLines, type Total } from './corpus.ts';

/** A small limit makes the corpus' long lines oversized, in one record and over several. */
const limits = [400, 1500, 30_000];

const raw = rawLines();
const short = raw.filter((line) => line.length < 3000);
const records = (path: string): Buffer[] =>
  readFileSync(join(corpus, path), 'latin1')
    .split('\n')
    .map((line) => Buffer.from(line, 'latin1'));
const dockerRecords = records(join('docker', readdirSync(join(corpus, 'docker'))[0] ?? ''));
const prefixed = records('prefixed.log');

const cut = fc.tuple(fc.constantFrom('stdout', 'stderr'), fc.constantFrom('P', 'F', 'F', 'F'));
const criRecord = fc
  .tuple(cut, fc.constantFrom(...short), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([[stream, tag], line, share]) => {
    const text = tag === 'P' ? line.subarray(0, Math.floor(share * line.length)) : line;
    return Buffer.concat([Buffer.from(`2026-01-15T09:00:00.${100 + text.length}Z ${stream} ${tag} `), text]);
  });
const dockerRecord = fc
  .tuple(fc.constantFrom('stdout', 'stderr'), fc.constantFrom(...short), fc.constantFrom('\n', '\n', ''))
  .map(([stream, line, end]) =>
    Buffer.from(JSON.stringify({ log: line.toString('utf8') + end, stream, time: '2026-01-15T09:00:00.25Z' })),
  );
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('2026-01-15T09:00:00.5Z stderr P', '{"log":"', '2026-01-15T09:00', '\u{feff}{}', '\0\0', '')
    .map((text) => Buffer.from(text)),
  fc.nat({ max: 5000 }).map((length) => Buffer.alloc(length, 'long ')),
);
const anyLine = fc.oneof(
  { weight: 4, arbitrary: criRecord },
  { weight: 2, arbitrary: dockerRecord },
  { weight: 1, arbitrary: fc.constantFrom(...dockerRecords) },
  { weight: 1, arbitrary: fc.constantFrom(...prefixed) },
  { weight: 1, arbitrary: fc.constantFrom(...short) },
  { weight: 2, arbitrary: noise },
);
const file = fc
  .tuple(fc.array(anyLine, { maxLength: 25 }), fc.constantFrom('\n', '\n', '\r\n'))
  .map(([lines, end]) => Buffer.concat(lines.flatMap((line) => [line, Buffer.from(end)])));
const limit = fc.constantFrom(...limits);
/** Lengths of chunks; used over and over. */
const chunks = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 });

test('the cutting into chunks changes nothing', () => {
  fc.assert(
    fc.property(file, limit, chunks, (bytes, maxLineBytes, sizes) => {
      const total: Total = { events: [], counts: {} };
      const decoder = createDecoder({ ...options, maxLineBytes });
      for (const [from, to] of pieces(0, bytes.length, sizes)) addTo(total, decoder.push(bytes.subarray(from, to)));
      addTo(total, decoder.end());
      assert.deepEqual(total, decodeAll(bytes, { maxLineBytes }));
    }),
    { numRuns: 250, seed: 1 },
  );
});

test('killed at any chunk and gone on from its resume point, nothing is lost and nothing counted twice', () => {
  const kills = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(file, limit, chunks, kills, (bytes, maxLineBytes, sizes, dies) => {
      const total: Total = { events: [], counts: {} };
      let point: ResumePoint = { next: 0, open: {} };
      let decoder = createDecoder({ ...options, maxLineBytes });
      let at = 0;
      for (let step = 0; at < bytes.length; step++) {
        const to = Math.min(bytes.length, at + (sizes[step % sizes.length] ?? 1));
        addTo(total, decoder.push(bytes.subarray(at, to)));
        at = to;
        // What was counted is committed together with the point; what the process knows beyond it is gone.
        point = decoder.resume();
        // One that dies at every step would read the same open line for ever.
        if (dies[step % dies.length] !== true || step > 60) continue;
        const resume: ResumePoint = JSON.parse(JSON.stringify(point));
        decoder = createDecoder({ ...options, maxLineBytes, resume });
        at = readFrom(resume);
      }
      addTo(total, decoder.end());
      assert.deepEqual(total, decodeAll(bytes, { maxLineBytes }));
    }),
    { numRuns: 250, seed: 2 },
  );
});

test('a decoder that has not yet come to its own resume point gives the same point', () => {
  const parts = ['2026-01-15T09:00:00Z stderr P {"a"', '2026-01-15T09:00:00Z stdout F b', '2026-01-15T09:00:00Z std'];
  const first = createDecoder(options);
  first.push(Buffer.from(parts.join('\n')));
  const resume = first.resume();
  assert.deepEqual(resume, { next: `${parts[0]}\n${parts[1]}\n`.length, open: { stderr: 0 } });
  const second = createDecoder({ ...options, resume });
  assert.deepEqual(second.resume(), resume);
  second.push(Buffer.from(`${parts[0]}\n`));
  assert.deepEqual(second.resume(), resume);
  assert.deepEqual({ ...second.push(Buffer.from(`${parts[1]}\n`)).counts }, {});
  assert.deepEqual(second.resume(), resume);
});

function* pieces(from: number, to: number, sizes: readonly number[]): Generator<[number, number]> {
  for (let at = from, step = 0; at < to; step++) {
    const end = Math.min(to, at + (sizes[step % sizes.length] ?? 1));
    yield [at, end];
    at = end;
  }
}
