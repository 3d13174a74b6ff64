import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertDeliveriesLaw, assertLinesLaw, booksOfJournal, serialsOfJournal } from '../support/accounting.ts';
import { startScenario } from '../support/scenario.ts';
import { accepts, answersAfter, refuses } from '../support/sink.ts';
import { waitFor } from '../support/source.ts';

// All that will ever be written is written then.

describe('a native sidecar is told to stop when the main container has ended', { concurrency: 3 }, () => {
  test('SIGTERM: the log is read to its end over a rotation, everything is delivered, exit 0', async (context) => {
    const { kubelet, sink, start, journal } = await startScenario(context, { seed: 41 });
    await kubelet.write(100);
    const daemon = start();
    await waitFor(() => sink.distinct() > 0, 'the first delivery');
    await kubelet.write(5000);
    await kubelet.rotate();
    const ledger = await kubelet.write(2000);
    daemon.process.kill('SIGTERM');
    assert.equal(await daemon.exited(), 0, daemon.log());
    assert.equal(sink.distinct(), ledger.events);
    assertLinesLaw(booksOfJournal(journal).lines, ledger, 'journal');
    assert.equal(booksOfJournal(journal).pending, 0);
  });

  test('SIGTERM while the destination is down: the log is read to its end, the rest goes out at the next start', async (context) => {
    const { kubelet, sink, start, journal, assertAccounts } = await startScenario(context, { seed: 42 });
    sink.behave(refuses);
    await kubelet.write(100);
    const daemon = start();
    await daemon.logged('delivery fails, retrying');
    const ledger = await kubelet.write(5000);
    daemon.process.kill('SIGTERM');
    assert.equal(await daemon.exited(), 0, daemon.log());
    assert.equal(serialsOfJournal(journal).length, ledger.events);
    assert.equal(booksOfJournal(journal).pending, ledger.events);
    sink.behave(accepts);
    await assertAccounts(start());
  });

  test('SIGTERM while the destination is slow: three quarters of the grace period, then the rest stays on disk', async (context) => {
    const { kubelet, sink, start, journal, assertAccounts } = await startScenario(context, {
      seed: 43,
      destinationOptions: 'timeout: 5s',
    });
    sink.behave(answersAfter(900));
    const ledger = await kubelet.write(2000);
    const daemon = start({ args: ['--grace', '8s'] });
    await waitFor(() => sink.requests() > 0, 'the first attempt');
    daemon.process.kill('SIGTERM');
    const stoppedMs = performance.now();
    assert.equal(await daemon.exited(), 0, daemon.log());
    const tookMs = performance.now() - stoppedMs;
    assert.ok(tookMs > 5500 && tookMs < 8000, `the outlets had ${tookMs} ms of 6000`);
    assert.equal(serialsOfJournal(journal).length, ledger.events);
    const books = booksOfJournal(journal);
    assert.ok(books.delivered > 0 && books.pending > 0, JSON.stringify(books));
    assertDeliveriesLaw(books, 'journal');
    sink.behave(accepts);
    await assertAccounts(start());
  });
});
