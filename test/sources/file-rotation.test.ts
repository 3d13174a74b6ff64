import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { compress, logFolder, range, records, rotate } from '../support/file-source.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { waitFor } from '../support/source.ts';

test('rotation by rename: the old file to its end, then the new one, in order', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 50));
  const out = start();
  await out.until(50);
  appendFileSync(rotate(log, '090000'), records(50, 60));
  writeFileSync(log, records(60, 80));
  await out.until(80);
  assert.deepEqual(out.serials(), range(0, 80));
  assert.deepEqual(out.gaps(), []);
});

test('the kubelet rotates, compresses and removes: every line once, no gap', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const out = start();
  await out.until(10);
  const rotated: string[] = [];
  for (let round = 1; round <= 8; round += 1) {
    const last = rotated.at(-1);
    if (rotated.length > 3) rmSync(`${rotated.shift()}.gz`);
    if (last !== undefined) compress(last);
    rotated.push(rotate(log, `09000${round}`));
    writeFileSync(log, records(round * 10, round * 10 + 10));
    await out.until(round * 10 + 10);
  }
  assert.deepEqual(out.serials(), range(0, 90));
  assert.equal(out.counts.access, 90);
  assert.deepEqual(out.gaps(), []);
});

test('two rotations between two looks lose nothing', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const out = start();
  await out.until(10);
  rotate(log, '090000');
  writeFileSync(log, records(10, 20));
  rotate(log, '090001');
  writeFileSync(log, records(20, 30));
  await out.until(30);
  assert.deepEqual(out.serials(), range(0, 30));
  assert.deepEqual(out.gaps(), []);
});

test('a record that the runtime finishes in the old file when the new one is there already', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const out = start();
  await out.until(10);
  const old = rotate(log, '090000');
  writeFileSync(log, records(11, 12));
  await waitFor(() => out.log.some((line) => line.includes('"reading"')), 'the source');
  appendFileSync(old, records(10, 11));
  await out.until(12);
  assert.deepEqual(out.serials(), range(0, 12));
});

test('a rotation that is taken back changes nothing', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const out = start();
  await out.until(10);
  const rotated = rotate(log, '090000');
  appendFileSync(rotated, records(10, 11));
  await out.until(11);
  renameSync(rotated, log);
  appendFileSync(log, records(11, 12));
  await out.until(12);
  assert.deepEqual(out.serials(), range(0, 12));
  assert.deepEqual(out.gaps(), []);
});

test('an empty file that is rotated itself does not hold up the next one', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const out = start();
  await out.until(10);
  rotate(log, '090000');
  writeFileSync(log, '');
  rotate(log, '090001');
  writeFileSync(log, records(10, 20));
  await out.until(20);
  assert.deepEqual(out.serials(), range(0, 20));
  assert.deepEqual(out.gaps(), []);
});

test('a file that was opened empty and is compressed before its turn is read once', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, '');
  const out = start();
  await waitFor(() => out.checkpoints.size === 1, 'the first checkpoint');
  writeFileSync(log, records(0, 10));
  compress(rotate(log, '090000'));
  writeFileSync(log, records(10, 20));
  await out.until(20);
  assert.deepEqual(out.serials(), range(0, 20));
  assert.equal(out.counts.access, 20);
  assert.deepEqual(out.gaps(), []);
});

test('a line whose parts lie on both sides of a rotation is joined, over a restart too', async (context) => {
  for (const isRestarted of [false, true]) {
    const { log, start, stop } = logFolder(context);
    const text = eventLine(1);
    writeFileSync(log, cri(accessLine, 0) + cri(text.slice(0, 100), 1, 'P'));
    let out = start();
    await waitFor(() => out.counts.access === 1, 'the first part to be read');
    const rotated = rotate(log, '090000');
    writeFileSync(log, cri(text.slice(100, 200), 2, 'P') + cri(accessLine, 3, 'F', 'stdout'));
    await waitFor(() => out.counts.access === 2, 'the second part to be read');
    if (isRestarted) {
      await stop();
      compress(rotated);
      out = start(out);
    }
    appendFileSync(log, cri(text.slice(200), 4));
    await out.until(1);
    assert.deepEqual(out.serials(), [1]);
    assert.equal(out.counts.access ?? 0, isRestarted ? 0 : 2);
    assert.deepEqual(out.gaps(), []);
    await stop();
  }
});

test('a line that was begun before a file that was still empty is joined after a restart', async (context) => {
  const { log, start, stop } = logFolder(context);
  const text = eventLine(1);
  writeFileSync(log, cri(accessLine, 0) + cri(text.slice(0, 100), 1, 'P'));
  const first = start();
  await waitFor(() => first.counts.access === 1, 'the first part');
  await stop();
  // The checkpoint as it is when the next file has been opened and nothing was in it yet.
  const saved = first.checkpoints.get(log) as { readonly next: number; readonly files: readonly object[] };
  const empty = { path: log, base: saved.next, dev: 1, ino: 1, time: '', headBytes: 0, head: '' };
  first.checkpoints.set(log, JSON.parse(JSON.stringify({ ...saved, files: [...saved.files, empty] })));
  compress(rotate(log, '090000'));
  writeFileSync(log, cri(accessLine, 2, 'F', 'stdout') + cri(text.slice(100), 3));
  const second = start(first);
  await second.until(1);
  assert.deepEqual(second.serials(), [1]);
  assert.deepEqual(second.counts, { access: 1, event: 1 });
  assert.deepEqual(second.gaps(), []);
});

test('a whole line without its newline is a line when its file is over', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 1) + cri(eventLine(1), 1).trimEnd());
  const out = start();
  await out.until(1);
  rotate(log, '090000');
  writeFileSync(log, records(2, 3));
  await out.until(3);
  assert.deepEqual(out.serials(), [0, 1, 2]);
  assert.equal(out.counts.event, 3);
});

test('a whole line without its newline is a line when its file is removed', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 1) + cri(eventLine(1), 1).trimEnd());
  const out = start();
  await out.until(1);
  rmSync(log);
  await out.until(2);
  assert.deepEqual(out.serials(), [0, 1]);
  assert.equal(out.checkpoints.get(log), null);
  assert.deepEqual(out.gaps(), []);
});

test('a container that starts again writes the next log', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const first = start();
  await first.until(10);
  appendFileSync(log, records(10, 12));
  writeFileSync(log.replace('0.log', '1.log'), records(20, 22));
  await first.until(14);
  assert.deepEqual(new Set(first.serials()), new Set([...range(0, 12), 20, 21]));
  await stop();
  appendFileSync(log.replace('0.log', '1.log'), records(22, 24));
  writeFileSync(log.replace('0.log', '2.log'), records(30, 32));
  const second = start(first);
  await second.until(4);
  assert.deepEqual(new Set(second.serials()), new Set([22, 23, 30, 31]));
  assert.deepEqual([...first.gaps(), ...second.gaps()], []);
});

test('a log that is removed and made anew is read from its first line, without a gap', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const out = start();
  await out.until(10);
  rmSync(log);
  writeFileSync(log, records(10, 20));
  await out.until(20);
  rmSync(log);
  await waitFor(() => out.checkpoints.get(log) === null, 'the checkpoint to go');
  writeFileSync(log, records(20, 30));
  await out.until(30);
  assert.deepEqual(out.serials(), range(0, 30));
  assert.deepEqual(out.gaps(), []);
});

test('a log that comes back beside its rotated files is not read again from the oldest', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const out = start();
  await out.until(10);
  rotate(log, '090000');
  writeFileSync(log, records(10, 20));
  await out.until(20);
  rmSync(log);
  await waitFor(() => JSON.stringify(out.checkpoints.get(log)).includes('"done":true'), 'the end of the log');
  await stop();
  const again = start(out);
  writeFileSync(log, records(20, 30));
  await again.until(10);
  assert.deepEqual(again.serials(), range(20, 30));
  assert.equal(again.counts.access, 10);
  assert.deepEqual([...out.gaps(), ...again.gaps()], []);
});
