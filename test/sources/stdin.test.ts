import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { stdin } from '../../src/sources/stdin.ts';
import { accessLine, eventLine } from '../support/lines.ts';
import { collect, waitFor } from '../support/source.ts';

const config = { max_line: 10_000, invalid_identifier: false };
const never = new AbortController().signal;

test('reads to the end of the input, the torn last line included', async () => {
  const input = new PassThrough();
  const out = collect(input);
  const done = stdin.create(config, out.deps).run(never, never);
  input.write(`${eventLine(1)}\n${accessLine}\n`);
  input.end(eventLine(2));
  await done;
  assert.deepEqual(out.serials(), [1, 2]);
  assert.deepEqual(out.counts, { event: 2, access: 1 });
});

test('does not hold back a line that comes alone', async () => {
  const input = new PassThrough();
  const out = collect(input);
  const done = stdin.create(config, out.deps).run(never, never);
  input.write(`${eventLine(1)}\n`);
  await out.until(1);
  input.end();
  await done;
});

test('cuts and counts an over-long line, also one that comes in many pieces', async () => {
  const input = new PassThrough();
  const out = collect(input);
  const done = stdin.create(config, out.deps).run(never, never);
  input.write(`${eventLine(1)}\n`);
  for (let piece = 0; piece < 50; piece += 1) input.write('y'.repeat(1000));
  input.end(`\n${eventLine(2)}\n`);
  await done;
  assert.deepEqual(out.serials(), [1, 2]);
  assert.equal(out.counts.oversized, 1);
});

test('bytes that are no UTF-8 reach the decoder as they are', async () => {
  const input = new PassThrough();
  const out = collect(input);
  const done = stdin.create(config, out.deps).run(never, never);
  input.end(Buffer.concat([Buffer.from([0xff, 0xfe, 10]), Buffer.from(`${eventLine(1)}\n`)]));
  await done;
  assert.deepEqual(out.serials(), [1]);
  assert.equal(out.counts.plain, 1);
});

test('a stop takes what is read already and ends', async () => {
  const input = new PassThrough();
  const out = collect(input);
  const stop = new AbortController();
  const done = stdin.create(config, out.deps).run(stop.signal, stop.signal);
  input.write(`${eventLine(1)}\n`);
  await waitFor(() => out.events.length === 1, 'the line');
  input.write(`${eventLine(2)}\n`);
  stop.abort();
  await done;
  assert.ok(out.serials().includes(1));
});
