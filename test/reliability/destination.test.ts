import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { garbage, hang, reset, resetInBody } from '../support/receivers/http.ts';
import { booksOfReadiness } from '../support/accounting.ts';
import { page, startScenario, type Scenario } from '../support/scenario.ts';
import * as sinks from '../support/sink.ts';
import { waitFor, waitUntil } from '../support/source.ts';
import type { Daemon } from '../support/daemon.ts';

/** Lets the daemon read a log while the destination misbehaves, then the destination recovers and the books are made up. */
async function recovers(
  context: TestContext,
  seed: number,
  trouble: (scenario: Scenario, daemon: Daemon) => Promise<void>,
  timeout = '10s',
): Promise<Scenario> {
  const destinationOptions = `retry: {base: 20ms, max: 200ms}, timeout: ${timeout}`;
  const scenario = await startScenario(context, { seed, destinationOptions });
  await scenario.kubelet.write(1000);
  const daemon = scenario.start();
  await trouble(scenario, daemon);
  await scenario.kubelet.write(1000);
  scenario.sink.behave(sinks.accepts);
  await scenario.assertAccounts(daemon);
  return scenario;
}

/** How often the daemon said that it cannot deliver: once per change, not once per attempt. */
const complaints = (daemon: Daemon): number => daemon.log().split('"delivery fails, retrying"').length - 1;

describe('whatever a destination does, it gets every event and the books are right', { concurrency: 4 }, () => {
  test('down: nobody listens', async (context) => {
    await recovers(context, 21, async ({ kubelet, sink }, daemon) => {
      await waitFor(() => sink.distinct() > 0, 'the first delivery');
      await sink.away();
      await kubelet.write(1000);
      await daemon.logged('delivery fails, retrying');
      const refused = /"state":"failing","reason":"refused"/;
      await waitUntil(
        async () => refused.test(await page(daemon, 'readyz')),
        () => `the port to refuse:\n${daemon.log()}`,
      );
      await sleep(500);
      // The connection that broke and the port that refuses are two reasons.
      assert.ok(complaints(daemon) <= 2, daemon.log());
      const readiness = await page(daemon, 'readyz');
      assert.match(readiness, /"ready":true/);
      assert.match(readiness, refused);
      assert.ok(booksOfReadiness(readiness).pending > 0);
      assert.match(await page(daemon, 'metrics'), /herald_delivery_queue\{destination="out"\} [1-9]/);
      await sink.back();
      await daemon.logged('delivering again');
    });
  });

  test('down: 503', async (context) => {
    await recovers(context, 22, async ({ sink }, daemon) => {
      sink.behave(sinks.refuses);
      await waitFor(() => sink.requests() >= 6, 'six attempts');
      await daemon.logged('delivery fails, retrying');
      assert.equal(complaints(daemon), 1, daemon.log());
    });
  });

  test('slow', async (context) => {
    await recovers(context, 23, async ({ sink }) => {
      sink.behave(sinks.answersAfter(100));
      await waitFor(() => sink.requests() >= 5, 'five slow answers');
    });
  });

  test('flapping', async (context) => {
    await recovers(context, 24, async ({ sink, kubelet }) => {
      sink.behave(sinks.inTurn(sinks.accepts, sinks.refuses, sinks.says(reset), sinks.accepts, sinks.refuses));
      for (let turn = 0; turn < 10; turn += 1) {
        const { events } = await kubelet.write(100);
        await waitFor(() => sink.distinct() === events, `${events} events`);
      }
      assert.ok(sink.requests() > 20);
    });
  });

  test('429 with Retry-After is not asked again before its time', async (context) => {
    await recovers(context, 25, async ({ sink }) => {
      const at: number[] = [];
      sink.behave((request) => {
        at.push(performance.now());
        sinks.throttles('0.4')(request);
      });
      await waitFor(() => at.length >= 4, 'four attempts');
      for (const [n, ms] of at.entries()) assert.ok(n === 0 || ms - (at[n - 1] ?? 0) >= 390, `attempt ${n} at ${ms}`);
    });
  });

  test('half-closed connections', async (context) => {
    await recovers(context, 26, async ({ sink, kubelet }) => {
      sink.behave(sinks.inTurn(sinks.halfCloses, sinks.leaves, sinks.leaves));
      for (let turn = 0; turn < 10; turn += 1) {
        const { events } = await kubelet.write(50);
        await waitFor(() => sink.distinct() === events, `${events} events`);
      }
    });
  });

  test('answers after the time-out come again', async (context) => {
    const { sink } = await recovers(
      context,
      27,
      async ({ sink: slow }) => {
        slow.behave(sinks.answersAfter(700));
        await waitFor(() => slow.requests() >= 3, 'three attempts');
      },
      '500ms',
    );
    assert.ok(sink.accepted.length > sink.distinct(), 'the receiver had them before the time-out and got them again');
  });

  test('nonsense, cut answers, silence', async (context) => {
    await recovers(
      context,
      28,
      async ({ sink }) => {
        sink.behave(sinks.inTurn(...[garbage, resetInBody, hang].map((answer) => sinks.says(answer))));
        await waitFor(() => sink.requests() >= 6, 'six attempts');
      },
      '500ms',
    );
  });
});
