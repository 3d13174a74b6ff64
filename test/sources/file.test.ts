import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { OperationalError } from '../../src/core/errors.ts';
import { file } from '../../src/sources/file/file.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { collect, waitFor, type Collected } from '../support/source.ts';

let folder = '';
let log = '';
let running: { stop: AbortController; done: Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'herald-file-'));
  mkdirSync(join(folder, 'authentik_server-0_uid/server'), { recursive: true });
  log = join(folder, 'authentik_server-0_uid/server/0.log');
});

afterEach(async () => {
  await stopAll();
  rmSync(folder, { recursive: true });
});

/** Starts a source over the folder, as after a restart with the checkpoints of an earlier one. */
function start(out: Collected, more: Record<string, unknown> = {}): void {
  const config = {
    paths: [join(folder, '*/*/*.log')],
    start_at: 'beginning',
    max_line: 64 * 1024,
    invalid_identifier: false,
    ...more,
  };
  const stop = new AbortController();
  running.push({ stop, done: file.create(config, out.deps).run(stop.signal, stop.signal) });
}

async function stopAll(): Promise<void> {
  for (const { stop } of running) stop.abort();
  await Promise.all(running.map(({ done }) => done));
  running = [];
}

/** Records of the serials from `from` to below `to`. */
function records(from: number, to: number): string {
  let text = '';
  for (let serial = from; serial < to; serial += 1) text += cri(eventLine(serial), serial) + cri(accessLine, serial);
  return text;
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, at) => from + at);

test('reads what is there and what is appended', async () => {
  writeFileSync(log, records(0, 100));
  const out = collect();
  start(out);
  await out.until(100);
  for (let serial = 100; serial < 110; serial += 1) appendFileSync(log, cri(eventLine(serial), serial));
  await out.until(110);
  assert.deepEqual(out.serials(), range(0, 110));
  assert.equal(out.counts.access, 100);
  assert.deepEqual(out.events[0]?.origin, {
    namespace: 'authentik',
    pod: 'server-0',
    container: 'server',
    stream: 'stderr',
  });
});

test('start_at end skips what was there, but a file that appears later is read whole', async () => {
  writeFileSync(log, records(0, 10));
  const out = collect();
  start(out, { start_at: 'end' });
  await waitFor(() => out.log.some((line) => line.includes('"reading"')), 'the file to be opened');
  appendFileSync(log, cri(eventLine(10), 10));
  await out.until(1);
  writeFileSync(log.replace('0.log', '1.log'), records(20, 30));
  await out.until(11);
  assert.deepEqual(out.serials(), [10, ...range(20, 30)]);
});

test('a record that is written in two halves is one record', async () => {
  const record = cri(eventLine(1), 1);
  writeFileSync(log, record.slice(0, 50));
  const out = collect();
  start(out);
  await waitFor(() => out.checkpoints.size === 1, 'the first half to be read');
  appendFileSync(log, record.slice(50));
  await out.until(1);
  assert.deepEqual(out.counts, { event: 1 });
});

test('rotation by rename: the old file to its end, then the new one, in order', async () => {
  writeFileSync(log, records(0, 50));
  const out = collect();
  start(out);
  await out.until(50);
  renameSync(log, `${log}.20260115-090000`);
  appendFileSync(`${log}.20260115-090000`, records(50, 60));
  writeFileSync(log, records(60, 80));
  await out.until(80);
  assert.deepEqual(out.serials(), range(0, 80));
});

test('two rotations between two looks lose nothing', async () => {
  writeFileSync(log, records(0, 10));
  const out = collect();
  start(out);
  await out.until(10);
  renameSync(log, `${log}.20260115-090000`);
  writeFileSync(log, records(10, 20));
  renameSync(log, `${log}.20260115-090001`);
  writeFileSync(log, records(20, 30));
  await out.until(30);
  assert.deepEqual(out.serials(), range(0, 30));
});

test('a line whose parts lie on both sides of a rotation is joined', async () => {
  const text = eventLine(1);
  writeFileSync(log, cri(text.slice(0, 100), 1, 'P'));
  const out = collect();
  start(out);
  await waitFor(() => out.checkpoints.size === 1, 'the first part to be read');
  renameSync(log, `${log}.20260115-090000`);
  writeFileSync(log, cri(text.slice(100), 2));
  await out.until(1);
  assert.deepEqual(out.serials(), [1]);
});

test('goes on at the checkpoint after a restart', async () => {
  writeFileSync(log, records(0, 40));
  const first = collect();
  start(first);
  await first.until(40);
  await stopAll();
  appendFileSync(log, records(40, 50));
  const second = collect(undefined, first.checkpoints);
  start(second);
  await second.until(10);
  assert.deepEqual(second.serials(), range(40, 50));
});

test('goes on in the rotated file after a restart across rotations', async () => {
  writeFileSync(log, records(0, 40));
  const first = collect();
  start(first);
  await first.until(40);
  await stopAll();
  appendFileSync(log, records(40, 50));
  renameSync(log, `${log}.20260115-090000`);
  writeFileSync(log, records(50, 60));
  renameSync(log, `${log}.20260115-090001`);
  writeFileSync(log, records(60, 70));
  const second = collect(undefined, first.checkpoints);
  start(second);
  await second.until(30);
  assert.deepEqual(second.serials(), range(40, 70));
});

test('goes on in the middle of a line that was split, without counting its neighbours twice', async () => {
  const text = eventLine(1);
  writeFileSync(log, cri(text.slice(0, 100), 1, 'P') + cri(accessLine, 2, 'F', 'stdout'));
  const first = collect();
  start(first);
  await waitFor(() => first.counts.access === 1, 'the neighbour');
  await stopAll();
  appendFileSync(log, cri(text.slice(100), 3));
  const second = collect(undefined, first.checkpoints);
  start(second);
  await second.until(1);
  assert.deepEqual(second.serials(), [1]);
  assert.equal(second.counts.access, undefined);
});

test('another file at the same path and inode is not mistaken for the old one', async () => {
  writeFileSync(log, records(0, 10));
  const first = collect();
  start(first);
  await first.until(10);
  await stopAll();
  // Written over in place: same inode, other content, longer than the old offset.
  writeFileSync(log, records(100, 120));
  const second = collect(undefined, first.checkpoints);
  start(second);
  await second.until(21);
  assert.deepEqual(second.serials(), range(100, 120));
  assert.equal(second.gaps().length, 1);
});

test('copytruncate: starts over in the same file', async () => {
  writeFileSync(log, records(0, 20));
  const out = collect();
  start(out);
  await out.until(20);
  truncateSync(log, 0);
  appendFileSync(log, records(20, 25));
  await out.until(25);
  assert.deepEqual(out.serials(), range(0, 25));
});

test('a missing folder is named once and picked up when it appears', async () => {
  rmSync(join(folder, 'authentik_server-0_uid'), { recursive: true });
  const out = collect();
  start(out);
  await waitFor(() => out.log.some((line) => line.includes('no file matches')), 'the warning');
  mkdirSync(join(folder, 'authentik_server-0_uid/server'), { recursive: true });
  writeFileSync(log, records(0, 5));
  await out.until(5);
  assert.equal(out.log.filter((line) => line.includes('no file matches')).length, 1);
});

test('follows a link whose target appears later', async () => {
  const target = join(folder, 'target.log');
  symlinkSync(target, log);
  const out = collect();
  start(out);
  await waitFor(() => out.log.some((line) => line.includes('no file matches')), 'the first look');
  writeFileSync(target, records(0, 3));
  await out.until(3);
  assert.deepEqual(out.serials(), [0, 1, 2]);
});

test('a removed file is closed and its checkpoint forgotten', async () => {
  writeFileSync(log, records(0, 5));
  const out = collect();
  start(out);
  await out.until(5);
  rmSync(log);
  await waitFor(() => out.checkpoints.get(log) === null, 'the checkpoint to go');
});

test('an over-long line is counted and its neighbours are read', async () => {
  writeFileSync(log, records(0, 1) + cri('x'.repeat(200_000), 1) + records(2, 3));
  const out = collect();
  start(out);
  await out.until(2);
  assert.equal(out.counts.oversized, 1);
});

test('a file that may not be read is named, and read when it may', async (context) => {
  writeFileSync(log, records(0, 3));
  chmodSync(log, 0);
  for (const path of [folder, join(log, '../..'), join(log, '..')]) chmodSync(path, 0o755);
  // Root may read anything: be nobody for a while.
  if (process.geteuid?.() === 0) {
    process.seteuid?.(65534);
    context.after(() => process.seteuid?.(0));
  }
  const out = collect();
  start(out);
  await waitFor(() => out.log.some((line) => line.includes('EACCES')), 'the warning');
  if (process.getuid?.() === 0) process.seteuid?.(0);
  chmodSync(log, 0o644);
  await out.until(3);
  assert.equal(out.log.filter((line) => line.includes('EACCES')).length, 1);
});

test('an error of the journal reaches the supervisor as what it is', async () => {
  writeFileSync(log, records(0, 1));
  const out = collect();
  const full = new OperationalError('disk_full', 'no space left');
  const deps = { ...out.deps, accept: () => Promise.reject(full) };
  const config = { paths: [log], start_at: 'beginning', max_line: 64 * 1024, invalid_identifier: false };
  const { signal } = new AbortController();
  await assert.rejects(file.create(config, deps).run(signal, signal), full);
});
