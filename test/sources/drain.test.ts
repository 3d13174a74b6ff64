import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import type { Json } from '../../src/core/json.ts';
import { file } from '../../src/sources/file/file.ts';
import { stdin } from '../../src/sources/stdin.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { collect } from '../support/source.ts';

// What `drain` and `stop` of a source mean: src/sources/source.ts.

const stdinConfig = { max_line: 10_000, invalid_identifier: false };
const fileConfig = (folder: string) => ({
  paths: [join(folder, '*.log')],
  start_at: 'beginning',
  max_line: 64 * 1024,
  invalid_identifier: false,
});

function records(from: number, to: number): string {
  let text = '';
  for (let serial = from; serial < to; serial += 1) text += cri(eventLine(serial), serial) + cri(accessLine, serial);
  return text;
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, at) => from + at);

test('a log is read to the end that it has at the stop, also one that nobody had looked at', async (context) => {
  const folder = temporaryFolder(context);
  const out = collect();
  const drain = new AbortController();
  const accept: typeof out.deps.accept = async (batch) => {
    // The container writes its last words and ends while the first batch is on its way to the disk.
    if (!drain.signal.aborted) {
      appendFileSync(join(folder, 'a.log'), records(10, 2000));
      writeFileSync(join(folder, 'b.log'), records(2000, 2010));
      drain.abort();
    }
    await out.deps.accept(batch);
  };
  writeFileSync(join(folder, 'a.log'), records(0, 10));
  const source = file.create(fileConfig(folder), { ...out.deps, accept });
  await source.run(drain.signal, new AbortController().signal);
  assert.deepEqual(
    out.serials().toSorted((a, b) => a - b),
    range(0, 2010),
  );
});

test('drained before it began, a source still reads what is there', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'a.log'), records(0, 10));
  const out = collect();
  await file.create(fileConfig(folder), out.deps).run(AbortSignal.abort(), new AbortController().signal);
  assert.deepEqual(out.serials(), range(0, 10));
});

test('a log that goes on being written does not hold the stop up', async (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'a.log');
  writeFileSync(path, records(0, 10));
  const out = collect();
  const drain = new AbortController();
  let written = 10;
  const accept: typeof out.deps.accept = async (batch) => {
    drain.abort();
    appendFileSync(path, records(written, written + 2));
    written += 2;
    await out.deps.accept(batch);
  };
  await file.create(fileConfig(folder), { ...out.deps, accept }).run(drain.signal, new AbortController().signal);
  assert.ok(out.serials().length >= 10 && written < 100, `${written}`);
  // What was left is read by the next one.
  const next = collect(process.stdin, new Map(out.checkpoints));
  await file.create(fileConfig(folder), next.deps).run(AbortSignal.abort(), new AbortController().signal);
  assert.deepEqual([...out.serials(), ...next.serials()], range(0, written));
});

test('stop ends the reading after the batch under way, and its checkpoint says where', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'a.log'), records(0, 20_000));
  const out = collect();
  const drain = new AbortController();
  const stop = new AbortController();
  let batches = 0;
  const accept: typeof out.deps.accept = async (batch) => {
    drain.abort();
    batches += 1;
    if (batches === 3) stop.abort();
    await out.deps.accept(batch);
  };
  await file.create(fileConfig(folder), { ...out.deps, accept }).run(drain.signal, stop.signal);
  assert.equal(batches, 3);
  const checkpoints: ReadonlyMap<string, Json> = out.checkpoints;
  const next = collect(process.stdin, checkpoints);
  await file.create(fileConfig(folder), next.deps).run(AbortSignal.abort(), new AbortController().signal);
  assert.deepEqual([...out.serials(), ...next.serials()], range(0, 20_000));
});

test('standard input: what is in the pipe at the stop is read, then it ends', async () => {
  const input = new PassThrough();
  const out = collect(input);
  const drain = new AbortController();
  const done = stdin.create(stdinConfig, out.deps).run(drain.signal, new AbortController().signal);
  input.write(`${eventLine(1)}\n`);
  await out.until(1);
  drain.abort();
  input.write(`${eventLine(2)}\n${eventLine(3)}`);
  await done;
  assert.deepEqual(out.serials(), [1, 2, 3]);
});

test('standard input: a writer that never stops is left, also while the journal is full', async () => {
  for (const full of [false, true]) {
    const input = new PassThrough();
    const out = collect(input);
    const drain = new AbortController();
    const stop = new AbortController();
    const accept: typeof out.deps.accept = async (batch) => {
      if (full) await systemClock.sleep(60_000, stop.signal);
      await out.deps.accept(batch);
    };
    const done = stdin.create(stdinConfig, { ...out.deps, accept }).run(drain.signal, stop.signal);
    const writer = setInterval(() => input.write(`${eventLine(1)}\n`), 5);
    drain.abort();
    // A full journal is waited for: it may get room from what the destinations take.
    if (full) setTimeout(() => stop.abort(), 300);
    await done.finally(() => clearInterval(writer));
    assert.ok(out.events.length > 0);
  }
});
