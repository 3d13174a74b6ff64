import assert from 'node:assert/strict';
import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { compress, logFolder, range, records, rotate } from '../support/file-source.ts';
import { waitFor } from '../support/source.ts';

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

test('a torn archive: what is in it is read, the rest is a gap', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 2000));
  const archive = compress(rotate(log, '090000'));
  truncateSync(archive, 30_000);
  writeFileSync(log, records(2000, 2010));
  const out = start();
  await waitFor(() => out.serials().includes(2009), 'the current file');
  const [gap, ...more] = out.gaps();
  assert.deepEqual(more, []);
  assert.equal(gap?.context['reason'], 'corrupt');
  const serials = out.serials();
  const whole = serials.length - 10;
  assert.ok(whole > 100 && whole < 2000, `${whole} events of the torn archive`);
  assert.deepEqual(serials, [...range(0, whole), ...range(2000, 2010)]);
});

test('lines that are removed unread are one gap, from the newest line read to the first that is there', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const first = start();
  await first.until(10);
  await stop();
  rmSync(log);
  writeFileSync(log, records(20, 30));
  rotate(log, '090010');
  writeFileSync(log, records(30, 40));
  const second = start(first);
  await second.until(21);
  assert.deepEqual(second.serials(), range(20, 40));
  assert.equal(second.gaps().length, 1);
  assert.deepEqual(second.gaps()[0]?.context, {
    source: 'test',
    path: log,
    reason: 'removed',
    from: '2026-01-15T09:00:00.000Z',
    until: '2026-01-15T09:00:00.000Z',
  });
});
