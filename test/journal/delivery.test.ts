import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settlement } from '../../src/journal/journal.ts';
import { batch, deliver, entry, idOf, limit, open, range, t0, tempFolder } from './harness.ts';

test('a lease changes nothing, and survives a restart as pending', () => {
  const path = tempFolder();
  const journal = open(path);
  journal.append(batch(range(0, 5).map((n) => entry(n))), t0);
  const first = journal.lease('chat', limit, t0);
  assert.deepEqual(journal.lease('chat', limit, t0), first);
  journal.close();
  assert.deepEqual(
    open(path)
      .lease('chat', limit, t0)
      .map(({ seq }) => seq),
    first.map(({ seq }) => seq),
  );
});

test('a lease is bounded by items and by bytes, but is never empty for bytes', () => {
  const journal = open(tempFolder());
  journal.append(batch(range(0, 10).map((n) => entry(n, ['chat'], 1000))), t0);
  assert.equal(journal.lease('chat', { items: 3, bytes: 1e9 }, t0).length, 3);
  assert.equal(journal.lease('chat', { items: 10, bytes: 2500 }, t0).length, 2);
  assert.equal(journal.lease('chat', { items: 10, bytes: 1 }, t0).length, 1);
  assert.equal(journal.lease('nobody', limit, t0).length, 0);
});

test('small and large events that come from the disk are leased as they were written, one that two rules fired for twice', () => {
  const path = tempFolder();
  const journal = open(path);
  const sizes = [10, 20_000, 300, 16_384, 100_000, 1, ...range(0, 150).map((n) => n * 7)];
  const entries = sizes.map((size, n) => entry(n, n % 3 === 0 ? ['chat', 'chat'] : ['chat'], size));
  journal.append(batch(entries), t0);
  const written = journal.lease('chat', limit, t0);
  journal.close();
  const read = open(path).lease('chat', limit, t0);
  assert.deepEqual(read, written);
  const wanted = entries.flatMap(({ event, deliveries }) => deliveries.map(() => event));
  assert.deepEqual(
    read.map(({ event }) => event),
    wanted,
  );
});

test('what is under way is not leased again, what lies between and behind is, in order', () => {
  const journal = open(tempFolder());
  journal.append(batch(range(0, 10).map((n) => entry(n, ['chat', 'siem']))), t0);
  const seqs = journal.lease('chat', limit, t0).map(({ seq }) => seq);
  const run = (from: number, to: number) => ({ first: seqs[from] ?? 0, last: seqs[to] ?? 0 });
  const left = (items: number, ...runs: readonly { first: number; last: number }[]) =>
    journal.lease('chat', { items, bytes: 1e9 }, t0, runs).map(({ seq }) => seqs.indexOf(seq));
  assert.deepEqual(left(10, run(0, 2)), [3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(left(10, run(6, 9), run(1, 3)), [0, 4, 5]);
  assert.deepEqual(left(2, run(1, 3), run(5, 6)), [0, 4]);
  // One that fills a gap before another has that other inside.
  assert.deepEqual(left(10, run(0, 7), run(2, 3)), [8, 9]);
  assert.deepEqual(left(10, run(0, 9)), []);
  journal.settle('chat', [{ seq: seqs[4] ?? 0, state: 'retry', dueAt: t0 + 1000, reason: 'throttled' }], t0);
  assert.deepEqual(left(10, run(0, 2)), [3], 'nothing behind one that waits');
});

test('what is behind a delivery that waits, waits with it', () => {
  const journal = open(tempFolder());
  journal.append(batch(range(0, 4).map((n) => entry(n, ['chat', 'siem']))), t0);
  const [a, b, c, d] = journal.lease('chat', limit, t0);
  assert(a && b && c && d);
  journal.settle(
    'chat',
    [
      { seq: a.seq, state: 'delivered' },
      { seq: b.seq, state: 'retry', dueAt: t0 + 1000, reason: 'throttled' },
      { seq: c.seq, state: 'delivered' },
    ],
    t0,
  );
  assert.equal(journal.nextDue('chat', t0), t0 + 1000);
  assert.deepEqual(journal.lease('chat', limit, t0 + 999), []);
  const later = journal.lease('chat', limit, t0 + 1000);
  assert.deepEqual(
    later.map(({ seq, attempts }) => ({ seq, attempts })),
    [
      { seq: b.seq, attempts: 1 },
      { seq: d.seq, attempts: 0 },
    ],
  );
  // The other destination has its own queue.
  assert.equal(deliver(journal, 'siem', t0).length, 4);
  assert.equal(journal.nextDue('siem', t0), undefined);
  assert.equal(journal.nextDue('nobody', t0), undefined);
});

test('a clock that is set back to before a delivery was put off does not keep it waiting', () => {
  const journal = open(tempFolder());
  journal.append(batch([entry(0, ['chat'])]), t0);
  const [a] = journal.lease('chat', limit, t0);
  assert(a);
  journal.settle('chat', [{ seq: a.seq, state: 'retry', dueAt: t0 + 1000, reason: 'throttled' }], t0);
  assert.equal(journal.nextDue('chat', t0 + 500), t0 + 1000);
  assert.equal(journal.nextDue('chat', t0 - 86_400_000), 0);
  assert.equal(journal.lease('chat', limit, t0 - 86_400_000).length, 1);
});

test('every outcome is counted once, whoever settles it again', () => {
  const path = tempFolder();
  const journal = open(path);
  journal.append(batch(range(0, 6).map((n) => entry(n))), t0);
  const seqs = journal.lease('chat', limit, t0).map(({ seq }) => seq);
  const dead = { state: 'dead', reason: 'not_found', detail: '404 no such hook' } as const;
  const settlements: Settlement[] = [
    { seq: seqs[0] ?? 0, state: 'delivered' },
    { seq: seqs[1] ?? 0, state: 'delivered' },
    { seq: seqs[2] ?? 0, ...dead },
    { seq: seqs[3] ?? 0, state: 'retry', dueAt: t0 + 50, reason: 'timeout', detail: 'slow' },
  ];
  journal.settle('chat', settlements, t0 + 1);
  const counts = { made: 6, delivered: 2, dead: 1, shed: 0, pending: 3, oldestAt: t0 + 3 };
  assert.deepEqual(journal.queue('chat'), counts);
  journal.settle('chat', settlements.slice(0, 3), t0 + 2);
  journal.settle(
    'chat',
    [
      { seq: seqs[0] ?? 0, ...dead },
      { seq: 999_999_999, state: 'delivered' },
    ],
    t0 + 2,
  );
  journal.settle('other', [{ seq: seqs[4] ?? 0, state: 'delivered' }], t0 + 2);
  assert.deepEqual(journal.queue('chat'), counts);
  journal.close();
  assert.deepEqual(open(path).queue('chat'), counts);
});

test('as many as a batch may have are settled at once, whatever their number, and none beside them', () => {
  for (const count of [127, 128, 129, 300]) {
    const journal = open(tempFolder());
    journal.append(batch(range(0, count + 2).map((n) => entry(n, ['chat', 'siem']))), t0);
    const seqs = journal.lease('chat', limit, t0).map(({ seq }) => seq);
    const delivered = seqs.slice(1, -1).map((seq): Settlement => ({ seq, state: 'delivered' }));
    // What was settled before is not counted again.
    journal.settle('chat', delivered.slice(5, 6), t0);
    const settled = journal.settle('chat', delivered, t0);
    assert.deepEqual(settled, [{ state: 'delivered', reason: undefined, count: count - 1 }]);
    const left = journal.lease('chat', limit, t0).map(({ seq }) => seq);
    assert.deepEqual(left, [seqs[0], seqs.at(-1)]);
    assert.equal(journal.queue('siem').pending, count + 2);
  }
});

test('a delivery tells what became of it', () => {
  const journal = open(tempFolder());
  journal.append(batch([entry(1, ['chat', 'siem']), entry(2, ['chat'])]), t0);
  const [first, second] = journal.lease('chat', limit, t0);
  assert(first && second);
  const detail = 'x'.repeat(2000);
  journal.settle('chat', [{ seq: first.seq, state: 'retry', dueAt: t0 + 10, reason: 'unavailable', detail }], t0 + 1);
  journal.settle('chat', [{ seq: first.seq, state: 'delivered' }], t0 + 20);
  journal.settle('chat', [{ seq: second.seq, state: 'dead', reason: 'expired' }], t0 + 21);
  const rows = journal.deliveriesOf(idOf(1));
  assert.equal(rows.length, 2);
  assert.partialDeepStrictEqual(rows[0], {
    eventId: idOf(1),
    destination: 'chat',
    rule: 'all',
    severity: 'notice',
    state: 'delivered',
    attempts: 2,
    dueAt: t0 + 10,
    updatedAt: t0 + 20,
    reason: 'unavailable',
  });
  assert.equal(rows[0]?.detail?.length, 500);
  assert.partialDeepStrictEqual(rows[1], { destination: 'siem', state: 'pending', attempts: 0, detail: undefined });
  const [letter, ...others] = journal.deadLetters({ limit: 10 });
  // Given up for age without another attempt.
  assert.partialDeepStrictEqual(letter, { eventId: idOf(2), state: 'dead', reason: 'expired', attempts: 0 });
  assert.deepEqual(others, []);
  assert.deepEqual(journal.deadLetters({ destination: 'siem', limit: 10 }), []);
  assert.deepEqual(journal.deliveriesOf('no hex'), []);
});

test('a notification is written with the settlement of its delivery, once per key', () => {
  const path = tempFolder();
  const journal = open(path);
  journal.append(batch([entry(1), entry(2)]), t0);
  const note = { key: 'k1', eventId: idOf(1), at: t0, rule: 'all', severity: 'notice', title: 'T', summary: 'S' };
  journal.putNotification(note);
  journal.putNotification(note);
  deliver(journal, 'chat', t0, 1);
  journal.putNotification({ ...note, title: 'again' });
  journal.putNotification({ ...note, key: 'k2' });
  assert.deepEqual(journal.notifications(10), [{ ...note, key: 'k2' }, note]);
  journal.putNotification({ ...note, key: 'k3' });
  journal.close();
  assert.deepEqual(
    open(path)
      .notifications(2)
      .map(({ key }) => key),
    ['k3', 'k2'],
  );
});

test('a long queue is leased in order, from memory and from disk alike', () => {
  const path = tempFolder();
  const journal = open(path);
  // 24 MB of events: more than is kept in memory.
  for (const k of range(0, 12)) {
    journal.append(batch(range(k * 100, k * 100 + 100).map((n) => entry(n, ['chat'], 20_000))), t0);
  }
  const ids: string[] = [];
  for (;;) {
    const leased = deliver(journal, 'chat', t0, 64);
    if (leased.length === 0) break;
    ids.push(...leased.map((item) => item.event.id));
  }
  assert.deepEqual(ids, range(0, 1200).map(idOf));
});
