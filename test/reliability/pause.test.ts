import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { actionsOfJournal, serialsOfJournal } from '../support/accounting.ts';
import type { Daemon } from '../support/daemon.ts';
import { serialsBelow, serialsOnDisk } from '../support/kubelet/serials.ts';
import { startScenario } from '../support/scenario.ts';
import { answersAfter } from '../support/sink.ts';
import { waitFor } from '../support/source.ts';

// A node that is suspended, a machine that moves to another host, a container without processor time: the kubelet goes on meanwhile,
// or its log is there at once when both wake up.

/** What is done while the daemon stands still. */
async function paused(daemon: Daemon, meanwhile: () => Promise<unknown>): Promise<void> {
  daemon.process.kill('SIGSTOP');
  await meanwhile();
  daemon.process.kill('SIGCONT');
}

describe('the daemon stands still', { concurrency: 4 }, () => {
  for (const rotations of [2, 4]) {
    test(`over ${rotations} rotations: the open file is read to its end, then those that followed`, async (context) => {
      const { kubelet, start, assertAccounts } = await startScenario(context, { seed: 110 + rotations });
      const daemon = start();
      await kubelet.write(300);
      await daemon.logged('"reading"');
      await paused(daemon, async () => {
        for (let rotation = 0; rotation < rotations; rotation += 1) {
          await kubelet.write(200);
          await kubelet.rotate();
        }
        await kubelet.write(200);
      });
      await assertAccounts(daemon);
    });
  }

  test('over more rotations than files are kept: what is gone is a gap, and everything else is there', async (context) => {
    const { kubelet, sink, journal, start, delivered } = await startScenario(context, { seed: 115 });
    const daemon = start();
    await kubelet.write(300);
    await delivered(daemon);
    await paused(daemon, async () => {
      for (let rotation = 0; rotation < 8; rotation += 1) {
        await kubelet.write(100);
        await kubelet.rotate();
      }
      await kubelet.write(100);
    });
    // The file that is open is removed by now, and can be read nonetheless.
    const wanted = [...serialsBelow(400), ...serialsOnDisk(kubelet.folder)];
    await waitFor(() => sink.distinct() >= wanted.length, `${wanted.length} events:\n${daemon.log()}`);
    await daemon.logged('lines of this log are lost');
    daemon.process.kill('SIGTERM');
    assert.equal(await daemon.exited(), 0, daemon.log());
    assert.deepEqual(serialsOfJournal(journal), wanted);
    assert.deepEqual(actionsOfJournal(journal), { login_failed: wanted.length, herald_gap: 1 });
  });

  test('while the container restarts: the end of the old log and all of the new one', async (context) => {
    const { kubelet, start, assertAccounts } = await startScenario(context, { seed: 116 });
    const daemon = start();
    await kubelet.write(300);
    await daemon.logged('"reading"');
    await paused(daemon, async () => {
      await kubelet.write(200);
      await kubelet.restart();
      await kubelet.write(200);
    });
    await assertAccounts(daemon);
  });

  test('again and again, in the middle of everything, for longer than a destination may take', async (context) => {
    const { kubelet, sink, start, assertAccounts } = await startScenario(context, {
      seed: 117,
      destinationOptions: 'timeout: 500ms, retry: {base: 20ms, max: 200ms}',
    });
    sink.behave(answersAfter(100));
    const daemon = start();
    await kubelet.rate(500);
    for (let pause = 0; pause < 6; pause += 1) {
      await paused(daemon, async () => {
        if (pause % 2 === 0) await kubelet.rotate();
        await setTimeout(700);
      });
      await setTimeout(100 + pause * 20);
    }
    await kubelet.rate(0);
    await assertAccounts(daemon);
  });
});
