import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Daemon } from '../support/daemon.ts';
import { startScenario, type Scenario } from '../support/scenario.ts';

/** Writes, lets the daemon read it all, and stops it, so that what is written from now on is read after the downtime. */
async function upAndDown({ kubelet, start, delivered }: Scenario, signal: NodeJS.Signals): Promise<void> {
  await kubelet.write(300);
  const daemon = start();
  await delivered(daemon);
  await stop(daemon, signal);
}

async function stop(daemon: Daemon, signal: NodeJS.Signals): Promise<void> {
  daemon.process.kill(signal);
  assert.equal(await daemon.exited(), signal === 'SIGTERM' ? 0 : signal, daemon.log());
}

const compressed = ({ kubelet }: Scenario): number =>
  readdirSync(kubelet.folder).filter((name) => name.endsWith('.gz')).length;

describe('a downtime with rotations: reading goes on at the right byte of the right file', { concurrency: 3 }, () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`one rotation (${signal})`, async (context) => {
      const scenario = await startScenario(context, { seed: 81 });
      await upAndDown(scenario, signal);
      await scenario.kubelet.write(200);
      await scenario.kubelet.rotate();
      await scenario.kubelet.write(200);
      await scenario.assertAccounts(scenario.start());
    });

    test(`two rotations and a gzip (${signal})`, async (context) => {
      const scenario = await startScenario(context, { seed: 82 });
      await upAndDown(scenario, signal);
      for (let rotation = 0; rotation < 2; rotation += 1) {
        await scenario.kubelet.write(200);
        await scenario.kubelet.rotate();
      }
      await scenario.kubelet.write(200);
      assert.equal(compressed(scenario), 1);
      await scenario.assertAccounts(scenario.start());
    });
  }

  test('as many rotations as files are kept', async (context) => {
    const scenario = await startScenario(context, { seed: 83 });
    await upAndDown(scenario, 'SIGKILL');
    for (let rotation = 0; rotation < 4; rotation += 1) {
      await scenario.kubelet.write(200);
      await scenario.kubelet.rotate();
    }
    await scenario.kubelet.write(200);
    assert.equal(compressed(scenario), 3);
    await scenario.assertAccounts(scenario.start());
  });

  test('nothing was written between the rotations', async (context) => {
    const scenario = await startScenario(context, { seed: 84 });
    await upAndDown(scenario, 'SIGTERM');
    for (let rotation = 0; rotation < 2; rotation += 1) await scenario.kubelet.rotate();
    await scenario.kubelet.write(1);
    await scenario.assertAccounts(scenario.start());
  });

  test('ten downtimes, each with two rotations, of which some end while it catches up', async (context) => {
    const scenario = await startScenario(context, { seed: 85 });
    const { kubelet, start, sink } = scenario;
    await kubelet.write(100);
    for (let downtime = 0; downtime < 10; downtime += 1) {
      const daemon = start();
      if (downtime % 2 === 0) await scenario.delivered(daemon);
      else await daemon.logged('"reading"');
      await stop(daemon, downtime % 3 === 0 ? 'SIGTERM' : 'SIGKILL');
      for (let rotation = 0; rotation < (downtime % 2) + 1; rotation += 1) {
        await kubelet.write(150);
        await kubelet.rotate();
      }
    }
    await scenario.assertAccounts(start());
    assert.ok(sink.accepted.length >= sink.distinct());
  });

  test('a half-written compressed file of a kubelet that died is no file of the log', async (context) => {
    const scenario = await startScenario(context, { seed: 86 });
    await upAndDown(scenario, 'SIGTERM');
    await scenario.kubelet.write(200);
    await scenario.kubelet.rotate();
    const [rotated] = readdirSync(scenario.kubelet.folder).filter((name) => name.startsWith('0.log.'));
    writeFileSync(join(scenario.kubelet.folder, `${rotated}.tmp`), Buffer.from([0x1f, 0x8b, 8, 0]));
    const daemon = scenario.start();
    await scenario.delivered(daemon);
    // The kubelet is there again: it throws that away, and compresses the file for good.
    await scenario.kubelet.write(100);
    await scenario.kubelet.rotate();
    await scenario.kubelet.write(100);
    assert.ok(!existsSync(join(scenario.kubelet.folder, `${rotated}.tmp`)));
    await scenario.assertAccounts(daemon);
  });
});
