import assert from 'node:assert/strict';
import { appendFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { OperationalError } from '../../src/core/errors.ts';
import { file } from '../../src/sources/file/file.ts';
import { FakeClock } from '../support/clock.ts';
import { logFolder, range, records } from '../support/file-source.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { collect, waitFor } from '../support/source.ts';

test('reads what is there and what is appended', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 100));
  const out = start();
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

test('start_at end skips what was there, but a file that appears later is read whole', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const out = start(undefined, { start_at: 'end' });
  await waitFor(() => out.checkpoints.size === 1, 'the file to be opened');
  appendFileSync(log, cri(eventLine(10), 10));
  await out.until(1);
  writeFileSync(log.replace('0.log', '1.log'), records(20, 30));
  await out.until(11);
  assert.deepEqual(out.serials(), [10, ...range(20, 30)]);
  assert.deepEqual(out.gaps(), []);
});

test('a record that is written in two halves is one record', async (context) => {
  const { log, start } = logFolder(context);
  const record = cri(eventLine(1), 1);
  writeFileSync(log, cri(accessLine, 0) + record.slice(0, 50));
  const out = start();
  await waitFor(() => out.counts.access === 1, 'the first half to be read');
  appendFileSync(log, record.slice(50));
  await out.until(1);
  assert.deepEqual(out.counts, { access: 1, event: 1 });
});

test('goes on at the checkpoint after a restart', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 40));
  const first = start();
  await first.until(40);
  await stop();
  appendFileSync(log, records(40, 50));
  const second = start(first);
  await second.until(10);
  assert.deepEqual(second.serials(), range(40, 50));
  assert.deepEqual(second.gaps(), []);
});

test('goes on in the middle of a line that was split, without counting its neighbours twice', async (context) => {
  const { log, start, stop } = logFolder(context);
  const text = eventLine(1);
  writeFileSync(log, cri(text.slice(0, 100), 1, 'P') + cri(accessLine, 2, 'F', 'stdout'));
  const first = start();
  await waitFor(() => first.counts.access === 1, 'the neighbour');
  await stop();
  appendFileSync(log, cri(text.slice(100), 3));
  const second = start(first);
  await second.until(1);
  assert.deepEqual(second.serials(), [1]);
  assert.equal(second.counts.access, undefined);
});

test('another file at the same path and inode is not mistaken for the old one', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const first = start();
  await first.until(10);
  await stop();
  // Written over in place: same inode, other content, longer than the old offset.
  writeFileSync(log, records(100, 120));
  const second = start(first);
  await second.until(21);
  assert.deepEqual(second.serials(), range(100, 120));
  assert.equal(second.gaps().length, 1);
});

test('a removed file is closed and its checkpoint forgotten', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 5));
  const out = start();
  await out.until(5);
  rmSync(log);
  await waitFor(() => out.checkpoints.get(log) === null, 'the checkpoint to go');
  assert.deepEqual(out.gaps(), []);
});

test('an over-long line is counted and its neighbours are read', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 1) + cri('x'.repeat(200_000), 1) + records(2, 3));
  const out = start();
  await out.until(2);
  assert.equal(out.counts.oversized, 1);
});

test('while the journal is full, what is written and not in it yet is told every second', async (context) => {
  const { log, start } = logFolder(context);
  const clock = new FakeClock();
  writeFileSync(log, records(0, 10));
  const out = start(undefined, {}, { clock });
  await out.until(10);
  await waitFor(() => out.lag() !== undefined, 'everything to be read');
  const before = statSync(log).size;
  const behind = (): number => statSync(log).size - before;
  out.hold();
  appendFileSync(log, records(10, 20));
  await waitFor(() => out.isWaiting(), 'the batch to wait');
  // What was read and waits is lost with the process.
  await clock.advance(1000);
  await waitFor(() => out.lag() === behind(), 'the bytes of the batch');
  for (const serial of [20, 30]) {
    appendFileSync(log, records(serial, serial + 10));
    await clock.advance(1000);
    await waitFor(() => out.lag() === behind(), 'the bytes that were written meanwhile');
  }
  out.release();
  await out.until(40);
  await waitFor(() => out.lag() === 0, 'everything to be read again');
  assert.deepEqual(out.serials(), range(0, 40));
});

test('an error of the journal reaches the supervisor as what it is', async (context) => {
  const { log } = logFolder(context);
  writeFileSync(log, records(0, 1));
  const full = new OperationalError('disk_full', 'no space left');
  const out = collect();
  const deps = { ...out.deps, accept: () => Promise.reject(full) };
  const config = { paths: [log], start_at: 'beginning', max_line: 64 * 1024, invalid_identifier: false };
  const { signal } = new AbortController();
  await assert.rejects(file.create(config, deps).run(signal, signal), full);
  assert.equal(out.lag(), statSync(log).size, 'nothing is in the journal');
});
