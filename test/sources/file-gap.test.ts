import assert from 'node:assert/strict';
import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compress, logFolder, range, rotate } from '../support/file-source.ts';
import { FakeClock } from '../support/clock.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { waitFor, waitUntil, type Collected } from '../support/source.ts';

/** Records whose container time is in this second. */
function recordsAt(second: number, from: number, to: number): string {
  return range(from, to)
    .map((serial) => cri(eventLine(serial), serial).replace('09:00:00', `09:00:${String(second).padStart(2, '0')}`))
    .join('');
}

function spans(out: Collected): readonly unknown[] {
  return out.gaps().map(({ context }) => [context['reason'], context['from'], context['until']]);
}

test('a file that was removed unread is a gap from the newest line read to the first that is there', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, recordsAt(1, 0, 10));
  const first = start();
  await first.until(10);
  await stop();
  appendFileSync(log, recordsAt(2, 10, 20));
  rmSync(log);
  writeFileSync(log, recordsAt(7, 20, 30));
  rotate(log, '090010');
  writeFileSync(log, recordsAt(8, 30, 40));
  const second = start(first);
  await second.until(21);
  assert.deepEqual(second.serials(), range(20, 40));
  const [gap, ...more] = second.gaps();
  assert.deepEqual(more, []);
  assert.deepEqual(gap?.context, {
    source: 'test',
    path: log,
    reason: 'removed',
    from: '2026-01-15T09:00:01.000Z',
    until: '2026-01-15T09:00:07.000Z',
  });
  assert.deepEqual(gap.origin, { namespace: 'authentik', pod: 'server-0', container: 'server' });
  assert.equal(gap.at, Date.parse('2026-01-15T09:00:07Z'));
  assert.equal(second.log.filter((line) => line.includes('lines of this log are lost')).length, 1);
});

test('a gap has the same id however often it is found, and another one than the next', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, recordsAt(1, 0, 10));
  const first = start();
  await first.until(10);
  await stop();
  rmSync(log);
  writeFileSync(log, recordsAt(3, 20, 30));
  // A crash between finding and committing: the same checkpoints again.
  const found = [];
  for (let time = 0; time < 2; time += 1) {
    const again = start(first);
    await again.until(11);
    found.push(again);
    await stop();
  }
  const [one, two] = found;
  assert.deepEqual(one?.gaps(), two?.gaps());
  rmSync(log);
  writeFileSync(log, recordsAt(5, 30, 40));
  const next = start(two);
  await next.until(11);
  assert.notEqual(next.gaps()[0]?.id, one?.gaps()[0]?.id);
});

test('a gap is committed with the checkpoint that moves past it', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, recordsAt(1, 0, 10));
  const first = start();
  await first.until(10);
  await stop();
  rmSync(log);
  writeFileSync(log, recordsAt(3, 20, 30));
  const second = start(first);
  await second.until(11);
  await stop();
  const third = start(second);
  appendFileSync(log, recordsAt(4, 30, 31));
  await third.until(1);
  assert.deepEqual(third.serials(), [30]);
  assert.deepEqual(third.gaps(), []);
});

test('more rotations than files are kept while reading stands still: the open file to its end, a gap, what is there', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, recordsAt(0, 0, 10));
  const out = start();
  await out.until(10);
  const rotated: string[] = [];
  // The journal is full: the source waits and looks at nothing.
  out.hold();
  appendFileSync(log, recordsAt(0, 10, 11));
  await waitFor(() => out.isWaiting(), 'the source to wait');
  appendFileSync(log, recordsAt(0, 11, 12));
  for (let round = 1; round <= 7; round += 1) {
    const last = rotated.at(-1);
    if (rotated.length > 3) rmSync(`${rotated.shift()}.gz`);
    if (last !== undefined) compress(last);
    rotated.push(rotate(log, `09000${round}`));
    writeFileSync(log, recordsAt(round, round * 20, round * 20 + 10));
  }
  out.release();
  await waitFor(() => out.serials().includes(149), 'the current file');
  assert.deepEqual(out.serials(), [
    ...range(0, 12),
    ...range(60, 70),
    ...range(80, 90),
    ...range(100, 110),
    ...range(120, 130),
    ...range(140, 150),
  ]);
  assert.deepEqual(spans(out), [['removed', '2026-01-15T09:00:00.000Z', '2026-01-15T09:00:03.000Z']]);
});

test('the first part of a split line is gone: that line is a gap, its neighbours are read once', async (context) => {
  const { log, start, stop } = logFolder(context);
  const text = eventLine(50);
  writeFileSync(log, recordsAt(1, 0, 10) + cri(text.slice(0, 100), 50, 'P'));
  const first = start();
  await first.until(10);
  const old = rotate(log, '090000');
  writeFileSync(log, cri(accessLine, 51, 'F', 'stdout'));
  await waitFor(() => first.counts.access === 1, 'the line behind');
  await stop();
  rmSync(old);
  appendFileSync(log, cri(text.slice(100), 52) + recordsAt(2, 60, 70));
  const second = start(first);
  await waitFor(() => second.serials().includes(69), 'the last line');
  assert.deepEqual(second.serials(), range(60, 70));
  assert.equal(second.gaps().length, 1);
  assert.equal(second.counts.access, undefined);
});

test('a torn archive: what is in it is read, the rest is a gap', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, recordsAt(1, 0, 2000));
  const archive = compress(rotate(log, '090000'));
  truncateSync(archive, 30_000);
  writeFileSync(log, recordsAt(9, 2000, 2010));
  const out = start();
  await waitFor(() => out.serials().includes(2009), 'the current file');
  assert.deepEqual(spans(out), [['corrupt', '2026-01-15T09:00:01.000Z', '2026-01-15T09:00:09.000Z']]);
  const whole = out.serials().length - 10;
  assert.ok(whole > 100 && whole < 2000, `${whole} events of the torn archive`);
  assert.deepEqual(out.serials(), [...range(0, whole), ...range(2000, 2010)]);
});

test('an archive of which nothing can be read is a gap in its place', async (context) => {
  for (const bytes of ['', 'no archive at all']) {
    const { log, start, stop } = logFolder(context);
    writeFileSync(log, recordsAt(1, 0, 10));
    rotate(log, '090000');
    writeFileSync(log, recordsAt(2, 10, 20));
    writeFileSync(compress(rotate(log, '090010')), bytes);
    writeFileSync(log, recordsAt(3, 20, 30));
    const out = start();
    await out.until(21);
    assert.deepEqual(out.serials(), [...range(0, 10), ...range(20, 30)]);
    assert.deepEqual(spans(out), [['corrupt', '2026-01-15T09:00:01.000Z', '2026-01-15T09:00:03.000Z']]);
    await stop();
  }
});

test('the archive in which to go on is torn before that place', async (context) => {
  const { log, start, stop } = logFolder(context);
  writeFileSync(log, recordsAt(1, 0, 2000));
  const first = start();
  await first.until(2000);
  await stop();
  appendFileSync(log, recordsAt(1, 2000, 2010));
  truncateSync(compress(rotate(log, '090000')), 10_000);
  writeFileSync(log, recordsAt(9, 2020, 2030));
  const second = start(first);
  await second.until(11);
  assert.deepEqual(second.serials(), range(2020, 2030));
  assert.equal(second.gaps().length, 1);
});

test('a log that was removed while nobody looked is given up: a gap only where lines were certainly missed', async (context) => {
  for (const isFolderLeft of [true, false]) {
    const { log, start, stop } = logFolder(context);
    writeFileSync(log, recordsAt(1, 0, 10));
    const first = start();
    await first.until(10);
    await stop();
    rmSync(isFolderLeft ? log : join(log, '../..'), { recursive: true });
    const clock = new FakeClock();
    const second = start(first, {}, { clock });
    await waitFor(
      () => second.log.some((line) => line.includes('no file matches') || line.includes('missing')),
      'the look',
    );
    assert.notEqual(second.checkpoints.get(log), null, 'a late mount brings the log back');
    await waitUntil(
      async () => {
        await clock.advance(1000);
        return second.checkpoints.get(log) === null;
      },
      () => 'the log to be given up',
    );
    assert.deepEqual(spans(second), isFolderLeft ? [['removed', '2026-01-15T09:00:01.000Z', undefined]] : []);
    await stop();
  }
});
