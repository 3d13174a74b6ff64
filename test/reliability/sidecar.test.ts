import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertDeliveriesLaw, assertLinesLaw, booksOfJournal, serialsOfJournal } from '../support/accounting.ts';
import { startScenario } from '../support/scenario.ts';
import { accepts, answersAfter, refuses } from '../support/sink.ts';
import { waitFor } from '../support/source.ts';

// All that will ever be written is written then.

/** A machine that needs longer for a thousand events than the default gives it is none that this is about. */
const generous = { args: ['--grace', '150s'] };

describe('a native sidecar is told to stop when the main container has ended', { concurrency: 3 }, () => {
  test('SIGTERM: the log is read to its end over a rotation, everything is delivered, exit 0', async (context) => {
    const { kubelet, sink, start, journal } = await startScenario(context, { seed: 41 });
    await kubelet.write(100);
    const daemon = start(generous);
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
    const daemon = start(generous);
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
      destinationOptions: 'timeout: 100s',
    });
    sink.behave(answersAfter(900));
    const ledger = await kubelet.write(5000);
    // The last quarter is as long as anybody may stand still.
    const daemon = start({ args: ['--grace', '24s'] });
    await waitFor(() => sink.requests() > 0, 'the first attempt');
    const stoppedMs = performance.now();
    daemon.process.kill('SIGTERM');
    assert.equal(await daemon.exited(), 0, daemon.log());
    const tookMs = performance.now() - stoppedMs;
    assert.ok(tookMs > 17_500 && tookMs < 24_000, `the outlets had ${tookMs} ms of 18,000`);
    assert.equal(serialsOfJournal(journal).length, ledger.events);
    const books = booksOfJournal(journal);
    assert.ok(books.delivered > 0 && books.pending > 0, JSON.stringify(books));
    assertDeliveriesLaw(books, 'journal');
    sink.behave(accepts);
    await assertAccounts(start());
  });
});
