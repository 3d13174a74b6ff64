import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../bench/random.ts';
import { startScenario } from '../support/scenario.ts';
import { waitFor } from '../support/source.ts';

test('kill -9 at 50 random moments while the log is written and rotated 20 times', async (context) => {
  const seed = 9;
  const random = seeded(seed);
  const { kubelet, sink, start, assertAccounts } = await startScenario(context, { seed });
  await kubelet.rate(300);
  for (let kill = 0; kill < 50; kill += 1) {
    const before = sink.requests();
    const daemon = start();
    // Two of five die somewhere in their start, the others in the middle of their work, most of them right at a rotation.
    if (kill % 5 < 2) await sleep(20 + random.below(400));
    else {
      const wanted = before + 1 + random.below(3);
      await waitFor(() => sink.requests() >= wanted, `request ${wanted}:\n${daemon.log()}`);
      if (kill % 5 < 4) await kubelet.rotate();
      await sleep(random.below(40));
    }
    assert.equal(daemon.process.exitCode, null, daemon.log());
    daemon.process.kill('SIGKILL');
    await daemon.exited();
  }
  const { rotations } = await kubelet.rate(0);
  assert.equal(rotations, 20);
  await assertAccounts(start());
});
