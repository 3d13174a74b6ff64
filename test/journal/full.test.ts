import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperationalError } from '../../src/core/errors.ts';
import type { Journal } from '../../src/journal/journal.ts';
import {
  batch,
  day,
  deliver,
  entry,
  idOf,
  limit,
  maintainAll,
  open,
  range,
  storedIds,
  t0,
  tempFolder,
} from './harness.ts';

const maxBytes = 4 * 1024 * 1024;

/** Appends batches of 20 events of 10 KB until the journal is full or `rounds` are over; returns how many were written. */
function pour(journal: Journal, rounds: number, destinations: readonly string[], from = 0): number {
  let written = 0;
  for (const round of range(0, rounds)) {
    const start = from + round * 20;
    const result = journal.append(
      batch(range(start, start + 20).map((n) => entry(n, destinations, 10_000))),
      t0 + round,
    );
    if (result.status === 'full') break;
    written += result.inserted;
    assert(journal.bytes() <= maxBytes, `${journal.bytes()} bytes`);
  }
  return written;
}

function lawHolds(journal: Journal, destination: string): void {
  const { made, delivered, pending, dead, shed } = journal.queue(destination);
  assert.equal(made, delivered + pending + dead + shed);
}

test('block: when all is pending nothing is written, and a delivery makes room', () => {
  const path = tempFolder();
  const journal = open(path, { maxBytes });
  const written = pour(journal, 100, ['chat']);
  assert(written > 300 && written < 420, `${written}`);
  const next = batch(
    range(9000, 9020).map((n) => entry(n, ['chat'], 10_000)),
    { checkpoints: new Map([['f', 1]]) },
  );
  assert.deepEqual(journal.append(next, t0), { status: 'full' });
  assert.deepEqual(journal.checkpoints('server'), new Map());
  assert.equal(journal.queue('chat').made, written);
  assert.partialDeepStrictEqual(journal.lines().get('server'), { event: written });
  assert.equal(deliver(journal, 'chat', t0, 100).length, 100);
  assert.partialDeepStrictEqual(journal.append(next, t0), { status: 'done', inserted: 20 });
  // What was still pending is all there, in order.
  assert.deepEqual(
    journal.lease('chat', limit, t0).map((item) => item.event.id),
    [...range(100, written), ...range(9000, 9020)].map(idOf),
  );
  lawHolds(journal, 'chat');
});

test('history makes room for new events before anything waits, oldest first', () => {
  const journal = open(tempFolder(), { maxBytes });
  assert.equal(pour(journal, 100, []), 2000);
  const ids = storedIds(journal);
  assert.deepEqual(ids, range(2000 - ids.length, 2000).map(idOf));
  assert(ids.length > 200);
});

test('a dead letter outlives delivered events when space is short', () => {
  const journal = open(tempFolder(), { maxBytes });
  journal.append(batch([entry(-1, ['chat'], 10_000)]), t0);
  const [bad] = journal.lease('chat', limit, t0);
  journal.settle('chat', [{ seq: bad?.seq ?? 0, state: 'dead', reason: 'invalid' }], t0);
  pour(journal, 50, []);
  assert.equal(storedIds(journal)[0], idOf(-1));
  // Only when nothing else is left it goes too.
  pour(journal, 50, ['siem'], 5000);
  assert.notEqual(storedIds(journal)[0], idOf(-1));
  assert.deepEqual(journal.deadLetters({ limit: 5 }), []);
  assert.partialDeepStrictEqual(journal.queue('chat'), { made: 1, dead: 1, pending: 0 });
});

test('a dead letter whose other delivery is settled late is still kept longer than history', () => {
  const journal = open(tempFolder(), { maxBytes });
  journal.append(batch([entry(0, ['chat', 'siem'], 10_000)]), t0);
  const [bad] = journal.lease('chat', limit, t0);
  journal.settle('chat', [{ seq: bad?.seq ?? 0, state: 'dead', reason: 'invalid' }], t0);
  // Pruning for space looks at it and goes on, because it still waits for the other destination.
  pour(journal, 40, [], 100);
  assert.equal(deliver(journal, 'siem', t0).length, 1);
  pour(journal, 40, [], 2000);
  assert.equal(storedIds(journal)[0], idOf(0));
  pour(journal, 40, ['mail'], 4000);
  assert.notEqual(storedIds(journal)[0], idOf(0));
});

test('drop_oldest: the oldest pending deliveries are shed and counted per destination', () => {
  const path = tempFolder();
  const journal = open(path, { maxBytes, whenFull: 'drop_oldest' });
  const shed = new Map<string, number>();
  for (const round of range(0, 60)) {
    const entries = range(round * 20, round * 20 + 20).map((n) =>
      entry(n, n % 2 === 0 ? ['chat', 'siem'] : ['siem'], 10_000),
    );
    const result = journal.append(batch(entries), t0);
    assert(result.status === 'done');
    for (const [name, count] of result.shed) shed.set(name, (shed.get(name) ?? 0) + count);
    lawHolds(journal, 'chat');
    lawHolds(journal, 'siem');
  }
  const [siem, chat] = [journal.queue('siem'), journal.queue('chat')];
  assert(siem.shed > 500, `${siem.shed}`);
  assert.deepEqual(
    shed,
    new Map([
      ['siem', siem.shed],
      ['chat', chat.shed],
    ]),
  );
  assert.deepEqual(storedIds(journal), range(1200 - siem.pending, 1200).map(idOf));
  // One that was under way when it was shed stays shed.
  assert.deepEqual(journal.settle('siem', [{ seq: 4096, state: 'delivered' }], t0), []);
  assert.deepEqual(journal.queue('siem'), siem);
  journal.close();
  assert.deepEqual(open(path, { maxBytes }).queue('siem'), siem);
});

test('a batch larger than the limit is taken when nothing else is there', () => {
  const journal = open(tempFolder(), { maxBytes });
  journal.append(batch([entry(0, ['chat'], 10_000)]), t0);
  const huge = batch(range(1, 100).map((n) => entry(n, ['chat'], 60_000)));
  assert.equal(journal.append(huge, t0).status, 'full');
  deliver(journal, 'chat', t0);
  assert.partialDeepStrictEqual(journal.append(huge, t0), { status: 'done', inserted: 99 });
});

test('upkeep makes room ahead, before an append has to', () => {
  const journal = open(tempFolder(), { maxBytes, retentionMs: 10 * day });
  for (let n = 0; journal.bytes() <= maxBytes * 0.95; n += 1) journal.append(batch([entry(n, [], 10_000)]), t0);
  maintainAll(journal, t0 + 100);
  assert(journal.bytes() <= maxBytes * 0.9 && journal.bytes() > maxBytes * 0.8, `${journal.bytes()}`);
});

// The walk over what is pending must go on where it stopped: from the beginning again it would take as long at every append.
test('history behind a long pending queue is found', () => {
  const journal = open(tempFolder(), { maxBytes });
  journal.append(batch(range(0, 150).map((n) => entry(n, ['siem'], 10_000))), t0);
  assert.equal(pour(journal, 100, ['chat'], 1000) < 250, true);
  assert(deliver(journal, 'chat', t0).length > 100);
  assert.equal(pour(journal, 3, [], 8000), 60);
  assert.equal(journal.queue('siem').pending, 150);
  assert.equal(journal.lease('siem', limit, t0).length, 150);
});

test('a full disk is an OperationalError, leaves nothing behind, and passes', () => {
  const path = tempFolder();
  const tight = open(path, {}, { pagesMax: 200 });
  let written = 0;
  const error = catchError(() => {
    // Every batch has a destination of its own and one row too many for the multi-row statement.
    for (; written < 1000; written += 1) {
      const entries = range(written * 17, written * 17 + 17).map((n) => entry(n, ['chat', `new ${written}`], 2000));
      tight.append(batch(entries, { checkpoints: new Map([['f', written]]) }), t0);
    }
  });
  assert(error instanceof OperationalError);
  assert.equal(error.code, 'disk_full');
  assert.deepEqual(storedIds(tight), range(0, written * 17).map(idOf));
  assert.deepEqual(tight.checkpoints('server'), new Map([['f', written - 1]]));
  assert.deepEqual(tight.lines(), new Map([['server', { event: written * 17 }]]));
  assert.equal(tight.queue('chat').made, written * 17);
  assert.equal(tight.destinations().length, 1 + written);
  // Room inside the file is room: what can be deleted makes the next append work, in the same process.
  for (const name of tight.destinations()) deliver(tight, name, t0);
  maintainAll(tight, t0 + 2 * day);
  const next = batch([entry(50_000, [`new ${written}`])]);
  assert.partialDeepStrictEqual(tight.append(next, t0 + 2 * day), { status: 'done', inserted: 1 });
  assert.partialDeepStrictEqual(tight.queue(`new ${written}`), { made: 1, pending: 1 });
  tight.close();
  const roomy = open(path);
  assert.deepEqual(storedIds(roomy), [idOf(50_000)]);
  assert.equal(deliver(roomy, `new ${written}`, t0 + 2 * day).length, 1);
});

function catchError(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
