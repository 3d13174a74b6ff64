import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compress, logFolder, range, records, rotate } from '../support/file-source.ts';
import { cri, eventLine } from '../support/lines.ts';
import { collect, waitFor } from '../support/source.ts';

test('goes on in a rotated file that was compressed meanwhile', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 40));
  const first = start();
  await first.until(40);
  await stop();
  appendFileSync(log, records(40, 50));
  compress(rotate(log, '090000'));
  writeFileSync(log, records(50, 60));
  rotate(log, '090010');
  writeFileSync(log, records(60, 70));
  const second = start(first);
  await second.until(30);
  assert.deepEqual(second.serials(), range(40, 70));
  assert.equal(second.counts.access, 30);
  assert.deepEqual(second.gaps(), []);
});

test('goes on over several archives, whatever order their times of modification say', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const first = start();
  await first.until(10);
  await stop();
  const plain = rotate(log, '090000');
  writeFileSync(log, records(10, 20));
  // A quiet log: the kubelet compresses the older file when it rotates the newer one, which was last written before.
  rotate(log, '090010');
  compress(plain);
  writeFileSync(log, records(20, 30));
  const out = start(first);
  await out.until(20);
  assert.deepEqual(out.serials(), range(10, 30));
});

test('a file that is being compressed is read once, and its archive under construction never', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const rotated = rotate(log, '090000');
  writeFileSync(log, records(10, 20));
  writeFileSync(`${rotated}.tmp`, 'half an archive');
  const out = start();
  await out.until(20);
  assert.deepEqual(out.serials(), range(0, 20));
  assert.deepEqual(out.gaps(), []);
  assert.equal(out.counts.plain, undefined);
});

test('files that were rotated before the first start are read in their order, or not at all', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  compress(rotate(log, '090000'));
  writeFileSync(log, records(10, 20));
  rotate(log, '090010');
  writeFileSync(log, records(20, 30));
  const all = start();
  await all.until(30);
  assert.deepEqual(all.serials(), range(0, 30));
  await stop();
  const news = start(undefined, { start_at: 'end' });
  await waitFor(() => news.checkpoints.size === 1, 'the first checkpoint');
  appendFileSync(log, records(30, 31));
  await news.until(1);
  assert.deepEqual(news.serials(), [30]);
  assert.deepEqual(news.gaps(), []);
});

test('goes on at the checkpoint of a file of any size, when its inode went to another one', async (context) => {
  for (const written of ['', '2', cri(eventLine(0), 0).slice(0, 40), records(0, 1), records(0, 1) + '2026']) {
    const { log, start, stop } = logFolder(context);
    const whole = records(0, 3);
    writeFileSync(log, written);
    const first = start();
    await waitFor(() => first.checkpoints.size === 1, 'the checkpoint');
    await first.until(written.length > 100 ? 1 : 0);
    await stop();
    appendFileSync(log, whole.slice(written.length));
    compress(rotate(log, '090000'));
    // The inode is free now, and most file systems give it to the next file.
    writeFileSync(log, records(3, 6));
    const second = start(first);
    await waitFor(() => second.serials().includes(5), `the last line after ${written.length} bytes`);
    assert.deepEqual([...first.serials(), ...second.serials()], range(0, 6));
    assert.deepEqual(second.gaps(), []);
    await stop();
  }
});

test('an empty file after a rotation is found by the one before it', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const first = start();
  await first.until(10);
  const old = rotate(log, '090000');
  writeFileSync(log, records(10, 11));
  await first.until(11);
  await stop();
  const second = start(first);
  await waitFor(() => second.log.some((line) => line.includes('"reading"')), 'the source');
  await stop();
  appendFileSync(log, records(11, 12));
  compress(old);
  compress(rotate(log, '090010'));
  writeFileSync(log, records(12, 13));
  const third = start(second);
  await third.until(2);
  assert.deepEqual(third.serials(), [11, 12]);
  assert.deepEqual(third.gaps(), []);
});

test('an empty file beside rotated ones that are not wanted', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  rotate(log, '090000');
  writeFileSync(log, '');
  const first = start(undefined, { start_at: 'end' });
  await waitFor(() => first.checkpoints.size === 1, 'the checkpoint');
  await stop();
  writeFileSync(log, records(10, 20));
  compress(rotate(log, '090010'));
  writeFileSync(log, records(20, 30));
  const second = start(first, { start_at: 'end' });
  await second.until(20);
  assert.deepEqual(second.serials(), range(10, 30));
  assert.deepEqual(second.gaps(), []);
});

test('two containers whose logs begin with the same lines are two logs', async (context) => {
  const { folder, log, start, stop } = logFolder(context);
  const other = join(folder, 'authentik_server-1_uid/server/0.log');
  mkdirSync(join(other, '..'), { recursive: true });
  writeFileSync(log, records(0, 10));
  writeFileSync(other, records(0, 10));
  const first = start();
  await first.until(20);
  await stop();
  appendFileSync(log, records(10, 12));
  appendFileSync(other, records(20, 22));
  const second = start(first);
  await second.until(4);
  const of = (pod: string): readonly (number | string | null | undefined)[] =>
    second.events.filter(({ origin }) => origin.pod === pod).map(({ user }) => user.pk);
  assert.deepEqual(of('server-0'), [10, 11]);
  assert.deepEqual(of('server-1'), [20, 21]);
});

test('what was written after the start is read even if nothing was read before a restart', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const first = start(undefined, { start_at: 'end' });
  await waitFor(() => first.checkpoints.size === 1, 'the first checkpoint');
  await stop();
  appendFileSync(log, records(10, 12));
  const second = start(first, { start_at: 'end' });
  await second.until(2);
  assert.deepEqual(second.serials(), [10, 11]);
});

test('start_at end begins with the line that is being written', async (context) => {
  const { log, start } = logFolder(context);
  const torn = cri(eventLine(1), 1);
  writeFileSync(log, records(0, 1) + torn.slice(0, 80));
  const out = start(undefined, { start_at: 'end' });
  await waitFor(() => out.checkpoints.size === 1, 'the first checkpoint');
  appendFileSync(log, torn.slice(80));
  await out.until(1);
  assert.deepEqual(out.serials(), [1]);
});

test('a checkpoint that cannot be read is no reason to skip anything', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  rotate(log, '090000');
  writeFileSync(log, records(10, 20));
  const earlier = collect(undefined, new Map([[log, { version: 99 }]]));
  const out = start(earlier, { start_at: 'end' });
  await out.until(20);
  assert.deepEqual(out.serials(), range(0, 20));
});

test('the rest of a file that was rotated is read before the log is there again', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const first = start();
  await first.until(10);
  await stop();
  appendFileSync(log, records(10, 20));
  rotate(log, '090000');
  const second = start(first);
  await second.until(10);
  writeFileSync(log, records(20, 30));
  await second.until(20);
  assert.deepEqual(second.serials(), range(10, 30));
  assert.deepEqual(second.gaps(), []);
});

test('a link that was led to another file meanwhile: the old one to its end first', async (context) => {
  const { folder, log, start, stop } = logFolder(context);
  const targets = ['one.txt', 'two.txt'].map((name) => join(folder, name));
  writeFileSync(targets[0] ?? '', records(0, 10));
  symlinkSync(targets[0] ?? '', log);
  const first = start();
  await first.until(10);
  await stop();
  appendFileSync(targets[0] ?? '', records(10, 20));
  writeFileSync(targets[1] ?? '', records(20, 30));
  symlinkSync(targets[1] ?? '', `${log}.new`);
  renameSync(`${log}.new`, log);
  const second = start(first);
  await second.until(20);
  assert.deepEqual(second.serials(), range(10, 30));
  assert.deepEqual(second.gaps(), []);
});

test('names of a second that an autumn night has twice are read in the order of their lines', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  renameSync(log, `${log}.20261025-025500`);
  writeFileSync(log, records(10, 20));
  renameSync(log, `${log}.20261025-020500`);
  writeFileSync(log, records(20, 30));
  const out = start();
  await out.until(30);
  assert.deepEqual(out.serials(), range(0, 30));
});
