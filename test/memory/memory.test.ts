import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { temporaryFolder } from '../support/daemon.ts';
import { cri, eventLine } from '../support/lines.ts';
import { waitFor } from '../support/source.ts';
import { homeOf, madeIn, outage } from './outage.ts';

// What grows with its input is found with far less than a million events: `npm run memory` has the real figure. The bounds leave
// room for how V8 arranges its heap, which is the same at 10,000 events and at a million.

const megabyte = 1e6;

test('memory does not grow with what waits for a destination that is down', async (context) => {
  const folder = temporaryFolder(context);
  const { idleBytes, samples, peakBytes } = await outage({
    events: 60_000,
    rate: Infinity,
    folder,
    idleMs: 2000,
    say: () => undefined,
  });
  const warm = samples.find(({ waiting }) => waiting >= 30_000)?.rssBytes ?? 0;
  const last = samples.at(-1)?.rssBytes ?? 0;
  context.diagnostic(`idle ${idleBytes}, 30,000 wait ${warm}, 60,000 wait ${last}, peak ${peakBytes}`);
  // 30,000 events are 15 MB in the journal and would be 100 MB as objects.
  assert.ok(last - warm < 15 * megabyte, `${last - warm} bytes for 30,000 events`);
  assert.ok(peakBytes - idleBytes < 60 * megabyte, `${peakBytes - idleBytes} bytes above idle`);
});

test('a line of 300 MB without an end is skipped in constant memory', async (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'app.log');
  writeFileSync(path, cri(eventLine(1), 1));
  const log = openSync(path, 'a');
  const piece = 'x'.repeat(10 * megabyte);
  for (let at = 0; at < 30; at += 1) writeSync(log, piece);
  closeSync(log);
  const home = homeOf(path, folder);
  const herald = home.start();
  try {
    await waitFor(() => herald.alive() && madeIn(home.journal) === 1, 'the event before it');
    appendFileSync(path, `\n${cri(eventLine(2), 2)}`);
    await waitFor(() => madeIn(home.journal) === 2, 'the event behind it', 60_000);
    const { rssPeakBytes } = herald.usage();
    context.diagnostic(`peak ${rssPeakBytes}`);
    assert.ok(rssPeakBytes < 160 * megabyte, `${rssPeakBytes} bytes`);
    await herald.stop();
    const db = new DatabaseSync(join(home.journal, 'herald.db'), { readOnly: true });
    const counts = db.prepare('SELECT family, count FROM line_count ORDER BY family').all();
    db.close();
    assert.deepEqual(
      counts.map(({ family, count }) => [family, count]),
      [
        ['event', 2],
        ['oversized', 1],
      ],
    );
  } finally {
    await herald.stop('SIGKILL');
    home.remove();
  }
});
