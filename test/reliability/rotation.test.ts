import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../bench/random.ts';
import { startScenario } from '../support/scenario.ts';
import { waitFor } from '../support/source.ts';

describe('rotation under load', { concurrency: 2 }, () => {
  for (const form of ['kubelet', 'docker'] as const) {
    test(`${form}: 20 rotations while it writes, some in quick succession`, async (context) => {
      const seed = 91;
      const random = seeded(seed);
      const { kubelet, sink, start, assertAccounts } = await startScenario(context, { seed, form });
      await kubelet.rate(300);
      const daemon = start();
      await daemon.logged('"reading"');
      for (let rotation = 0; rotation < 20; rotation += 1) {
        await kubelet.write(random.below(300));
        const { events } = await kubelet.rotate();
        // Three in quick succession, then it may catch up: the fifth would remove what nobody can have read.
        if (rotation % 3 === 2) await waitFor(() => sink.distinct() >= events, `${events} events:\n${daemon.log()}`);
        else await sleep(random.below(30));
      }
      await kubelet.rate(0);
      await assertAccounts(daemon);
    });
  }

  test('copytruncate: starts over at the beginning, without a crash and without a loss of what was read', async (context) => {
    const { kubelet, start, delivered, assertAccounts } = await startScenario(context, {
      seed: 92,
      form: 'copytruncate',
    });
    const daemon = start();
    for (let rotation = 0; rotation < 5; rotation += 1) {
      await kubelet.write(200);
      // Whoever truncates a log that is not read yet loses lines, whatever reads it.
      await delivered(daemon);
      await kubelet.rotate();
    }
    await kubelet.write(10);
    await assertAccounts(daemon);
  });

  test('docker: a downtime with two rotations', async (context) => {
    const { kubelet, start, delivered, assertAccounts } = await startScenario(context, { seed: 93, form: 'docker' });
    await kubelet.write(200);
    const first = start();
    await delivered(first);
    first.process.kill('SIGKILL');
    await first.exited();
    for (let rotation = 0; rotation < 2; rotation += 1) {
      await kubelet.write(100);
      await kubelet.rotate();
    }
    await kubelet.write(100);
    await assertAccounts(start());
  });

  test('the container restarts: the end of the old log and all of the new one', async (context) => {
    const { kubelet, start, delivered, assertAccounts } = await startScenario(context, { seed: 94 });
    await kubelet.write(200);
    const daemon = start();
    for (let restart = 0; restart < 3; restart += 1) {
      await kubelet.write(500);
      await kubelet.rotate();
      await kubelet.write(100);
      await kubelet.restart();
      await kubelet.write(100);
      // The kubelet removes the logs of the container before the last one: read them first.
      await delivered(daemon);
    }
    await assertAccounts(daemon);
  });

  test('the container restarts during a downtime', async (context) => {
    const { kubelet, start, delivered, assertAccounts } = await startScenario(context, { seed: 95 });
    await kubelet.write(200);
    const first = start();
    await delivered(first);
    first.process.kill('SIGTERM');
    await first.exited();
    await kubelet.write(100);
    await kubelet.rotate();
    await kubelet.write(100);
    await kubelet.restart();
    await kubelet.write(300);
    await assertAccounts(start());
  });
});
