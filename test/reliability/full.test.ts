import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assertDeliveriesLaw,
  assertLinesLaw,
  assertOrder,
  booksOfJournal,
  booksOfMetrics,
  booksOfReadiness,
} from '../support/accounting.ts';
import { page, startScenario } from '../support/scenario.ts';
import { accepts, refuses } from '../support/sink.ts';
import { waitUntil } from '../support/source.ts';

// The journal itself is full: its limit, not the disk. What was delivered long ago is forgotten then, so it is the sink that has all serials.

describe('more is written than the journal may hold while the destination is down', { concurrency: 2 }, () => {
  test('when_full: block: reading stops, the log keeps the rest, nothing is lost', async (context) => {
    const { kubelet, sink, start, delivered, journal } = await startScenario(context, {
      seed: 55,
      journalOptions: ', max_size: 4MiB, when_full: block',
    });
    sink.behave(refuses);
    const daemon = start();
    await kubelet.write(8000);
    await daemon.logged('the journal is full: reading stops');
    const waiting = booksOfReadiness(await page(daemon, 'readyz'));
    assert.ok(waiting.pending > 0 && waiting.pending < 8000, JSON.stringify(waiting));
    await kubelet.rotate();
    await kubelet.write(100);
    sink.behave(accepts);
    const ledger = await delivered(daemon);
    await daemon.logged('the journal has room again');
    assert.match(await page(daemon, 'metrics'), /herald_journal_full_seconds_total (?!0\n)\d/);
    daemon.process.kill('SIGTERM');
    assert.equal(await daemon.exited(), 0, daemon.log());
    const books = booksOfJournal(journal);
    assertLinesLaw(books.lines, ledger, 'journal');
    assertDeliveriesLaw(books, 'journal');
    assert.equal(books.shed, 0);
    assertOrder(ledger, sink.accepted, 'sink');
  });

  test('when_full: drop_oldest: reading goes on, what is shed is counted, the youngest are delivered', async (context) => {
    const { kubelet, sink, start, journal } = await startScenario(context, {
      seed: 56,
      journalOptions: ', max_size: 4MiB, when_full: drop_oldest',
    });
    const before = booksOfJournal(journal);
    sink.behave(refuses);
    const ledger = await kubelet.write(8000);
    const daemon = start();
    await waitUntil(
      async () => booksOfReadiness(await page(daemon, 'readyz')).lines.event === ledger.events,
      () => daemon.log(),
    );
    // What is under way now may have been shed meanwhile: taken then, it would count as shed, not as delivered.
    const asked = sink.requests();
    await waitUntil(
      () => Promise.resolve(sink.requests() > asked + 1),
      () => daemon.log(),
    );
    sink.behave(accepts);
    await waitUntil(
      async () => booksOfReadiness(await page(daemon, 'readyz')).pending === 0,
      () => daemon.log(),
    );
    const metrics = booksOfMetrics(await page(daemon, 'metrics'), before);
    daemon.process.kill('SIGTERM');
    assert.equal(await daemon.exited(), 0, daemon.log());
    const books = booksOfJournal(journal);
    assertLinesLaw(books.lines, ledger, 'journal');
    assertDeliveriesLaw(books, 'journal');
    assert.deepEqual(metrics, books);
    assert.ok(books.shed > 0 && books.made === ledger.events, JSON.stringify(books));
    assert.equal(sink.distinct(), books.delivered);
    assert.ok(sink.accepted.includes(ledger.events - 1));
  });
});
