import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { test } from 'node:test';
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

const mebibyte = 1024 * 1024;
const note = { eventId: idOf(1), at: t0, rule: 'all', severity: 'notice', title: 'T', summary: 'S' };

test('what is older than the retention goes, but an undelivered event stays with its deliveries', () => {
  const path = tempFolder();
  const journal = open(path);
  journal.append(batch(range(0, 600).map((n) => entry(n, n === 300 ? ['siem', 'chat'] : ['chat']))), t0);
  journal.putNotification({ ...note, key: 'old' });
  deliver(journal, 'chat', t0);
  journal.append(batch([entry(1000)]), t0 + day / 2);
  maintainAll(journal, t0 + day);
  assert.equal(storedIds(journal).length, 601);
  maintainAll(journal, t0 + day + 1);
  assert.deepEqual(storedIds(journal), [300, 1000].map(idOf));
  assert.deepEqual(journal.notifications(5), []);
  assert.equal(journal.deliveriesOf(idOf(300)).length, 2);
  assert.partialDeepStrictEqual(journal.queue('chat'), { made: 601, delivered: 600, pending: 1 });
  // Settled at last, it is history like the others.
  assert.equal(deliver(journal, 'siem', t0 + day + 2)[0]?.event.id, idOf(300));
  maintainAll(journal, t0 + day + 3);
  assert.deepEqual(storedIds(journal), [idOf(1000)]);
  assert.partialDeepStrictEqual(journal.queue('siem'), { made: 1, delivered: 1, pending: 0 });
});

test('a dead letter is kept for the retention, not longer; one that is settled late too', () => {
  const journal = open(tempFolder());
  journal.append(batch([entry(1), entry(2, ['chat', 'siem']), entry(3)]), t0);
  const [a, b, c] = journal.lease('chat', limit, t0);
  const dead = { state: 'dead', reason: 'invalid' } as const;
  journal.settle(
    'chat',
    [a, b, c].map((item) => ({ seq: item?.seq ?? 0, ...dead })),
    t0,
  );
  maintainAll(journal, t0 + day - 1);
  assert.equal(journal.deadLetters({ limit: 10 }).length, 3);
  maintainAll(journal, t0 + day + 1);
  // Number 2 still waits for the other destination.
  assert.deepEqual(
    journal.deadLetters({ limit: 10 }).map((row) => row.eventId),
    [idOf(2)],
  );
  deliver(journal, 'siem', t0 + day + 1);
  maintainAll(journal, t0 + day + 2);
  assert.deepEqual(storedIds(journal), []);
  assert.partialDeepStrictEqual(journal.queue('chat'), { made: 3, dead: 3, pending: 0 });
});

test('numbers are never used twice, also when everything was pruned before a restart', () => {
  const path = tempFolder();
  const first = open(path);
  first.append(batch(range(0, 5).map((n) => entry(n))), t0);
  const last = deliver(first, 'chat', t0).at(-1)?.seq ?? 0;
  const after = first.search({ order: 'newest', limit: 1 })[0]?.seq ?? 0;
  maintainAll(first, t0 + 2 * day);
  assert.deepEqual(storedIds(first), []);
  first.close();
  const second = open(path);
  second.append(batch([entry(9)]), t0 + 2 * day);
  assert.equal(second.search({ order: 'oldest', limit: 5, afterSeq: after }).length, 1);
  assert((second.lease('chat', limit, t0 + 2 * day)[0]?.seq ?? 0) > last);
});

test('the index is built in blocks, the blocks of pruned events go, and stragglers are still found', () => {
  const path = tempFolder();
  const journal = open(path);
  const blockEvents = 16_384;
  for (const from of range(0, 9).map((k) => k * 4096)) {
    journal.append(batch(range(from, from + 4096).map((n) => entry(n, n === 40 ? ['siem'] : []))), t0 + from);
  }
  // Too fast to index meanwhile; a second later it is done.
  journal.maintain(t0 + 1000);
  maintainAll(journal, t0 + 3000);
  assert.deepEqual(blocks(path), ['words_0', 'words_1', 'words_2']);
  const found = (search: string): number => journal.search({ order: 'newest', limit: 100, search }).length;
  assert.deepEqual(
    ['user40', 'user16384', 'user36863', 'user16383'].map(found),
    [112, 1, 1, 1].map((n) => Math.min(n, 100)),
  );
  maintainAll(journal, t0 + day + 5 * 4096 + 1);
  assert.deepEqual(blocks(path), ['words_1', 'words_2']);
  assert.deepEqual(journal.search({ order: 'newest', limit: 9, search: 'user40', user: 'user40' }).length, 1);
  journal.close();
  const again = open(path);
  maintainAll(again, t0 + 2 * day);
  assert.deepEqual(storedIds(again), [idOf(40)]);
  assert.equal(again.search({ order: 'newest', limit: 9, user: 'user40' }).length, 1);
  // The last block is not finished: it goes when it is, or with the next start.
  assert.deepEqual(blocks(path), ['words_2']);
  assert(9 * 4096 < 3 * blockEvents);
});

function blocks(path: string): readonly string[] {
  const db = new DatabaseSync(join(path, 'herald.db'), { readOnly: true });
  const rows = db.prepare(`SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%' ORDER BY name`).all();
  db.close();
  return rows.map(({ name }) => String(name));
}

test('space is given back in steps when much of it is free', () => {
  const path = tempFolder();
  const journal = open(path);
  for (const from of range(0, 20).map((k) => k * 50)) {
    journal.append(batch(range(from, from + 50).map((n) => entry(n, [], 20_000))), t0);
  }
  const full = journal.bytes();
  assert(full > 20_000_000);
  maintainAll(journal, t0 + 2 * day);
  assert(journal.bytes() < 300_000, `${journal.bytes()}`);
  journal.close();
  const db = new DatabaseSync(join(path, 'herald.db'), { readOnly: true });
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() ?? {};
  db.close();
  assert(Number(pages) * 8192 < full / 2, `${String(pages)} pages`);
});

test('a reader that keeps the write-ahead log from being emptied for minutes is said once', () => {
  const path = tempFolder();
  const journal = open(path, { maxBytes: 16 * mebibyte });
  const warned = (): number => journal.logged.filter(({ message }) => message.includes('cannot be emptied')).length;
  let turn = 0;
  const pass = (ms: number): void => {
    for (const until = turn + ms / 10_000; turn < until; turn += 1) {
      const nowMs = t0 + turn * 10_000;
      journal.append(batch([entry(turn, [], 50_000)]), nowMs);
      maintainAll(journal, nowMs);
    }
  };
  const reader = new DatabaseSync(join(path, 'herald.db'), { readOnly: true });
  reader.exec('BEGIN; SELECT count(*) FROM event');
  while (statSync(join(path, 'herald.db-wal')).size <= 4 * mebibyte) pass(10_000);
  pass(4 * 60_000);
  assert.equal(warned(), 0, 'a search takes a while');
  pass(10 * 60_000);
  assert.equal(warned(), 1);
  reader.exec('COMMIT');
  reader.close();
  pass(60_000);
  assert.equal(journal.told.at(-1)?.message, 'the write-ahead log of the journal can be emptied again');
  assert.ok(statSync(join(path, 'herald.db-wal')).size <= mebibyte);
});

test('upkeep with nothing to do says so', () => {
  const journal = open(tempFolder());
  assert.equal(journal.maintain(t0), false);
  journal.append(batch([entry(1)]), t0);
  assert.equal(journal.maintain(t0), false);
});
