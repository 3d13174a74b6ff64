import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../bench/random.ts';
import { startScenario } from '../support/scenario.ts';
import { waitFor } from '../support/source.ts';

/** Per log; there are two at once, because a machine that is busy makes other moments. */
const kills = 25;
const waitMsMax = 60_000;
/** Fifty starts are half a minute of work, which may take a while on a machine with much else to do. */
const generous = { timeout: 900_000 };

describe('kill -9 at 50 random moments while logs are written and rotated 20 times', { concurrency: 2 }, () => {
  for (const seed of [9, 10]) test(`seed ${seed}`, generous, (context) => killAndRestart(context, seed));
});

async function killAndRestart(context: TestContext, seed: number): Promise<void> {
  const random = seeded(seed);
  const { kubelet, sink, start, assertAccounts } = await startScenario(context, { seed });
  /** How much was written at each rotation. */
  const rotated: number[] = [];
  await kubelet.rate(300);
  for (let kill = 0; kill < kills; kill += 1) {
    const before = sink.requests();
    const daemon = start();
    // Two of five die somewhere in their start, the others in the middle of their work, most of them right at a rotation.
    if (kill % 5 < 2) await sleep(20 + random.below(400));
    else {
      const wanted = before + 1 + random.below(3);
      // Five files are kept: on a slow machine rotations must not outrun what is read.
      const settled = rotated.at(-2) ?? 0;
      await waitFor(() => sink.requests() >= wanted && sink.distinct() >= settled, `request ${wanted}`, waitMsMax);
      if (kill % 5 < 4) rotated.push((await kubelet.rotate()).events);
      await sleep(random.below(40));
    }
    assert.equal(daemon.process.exitCode, null, daemon.log());
    daemon.process.kill('SIGKILL');
    await daemon.exited();
  }
  assert.equal(rotated.length, 10);
  await kubelet.rate(0);
  await assertAccounts(start());
}
