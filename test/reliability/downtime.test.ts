import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { actionsOfJournal, assertDeliveriesLaw, booksOfJournal, serialsOfJournal } from '../support/accounting.ts';
import type { Daemon } from '../support/daemon.ts';
import { serialsBelow, serialsOnDisk } from '../support/kubelet/serials.ts';
import { page, startScenario, type Scenario } from '../support/scenario.ts';
import { waitFor } from '../support/source.ts';

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

describe('a downtime with rotations: reading goes on at the right byte of the right file', { concurrency: 4 }, () => {
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

  test('more rotations than files are kept: what is gone is a gap, and everything else is there', async (context) => {
    const scenario = await startScenario(context, { seed: 87 });
    const { kubelet, sink, journal, start } = scenario;
    await upAndDown(scenario, 'SIGKILL');
    for (let rotation = 0; rotation < 8; rotation += 1) {
      await kubelet.write(100);
      await kubelet.rotate();
    }
    const { events } = await kubelet.write(100);
    const kept = serialsOnDisk(kubelet.folder);
    const [firstKept = 0] = kept;
    assert.ok(firstKept > 300 && kept.at(-1) === events - 1, `serials ${firstKept} to ${kept.at(-1)} are on disk`);
    const wanted = [...serialsBelow(300), ...kept];
    const daemon = start();
    await waitFor(() => sink.distinct() >= wanted.length, `${wanted.length} events:\n${daemon.log()}`);
    await daemon.logged('lines of this log are lost');
    assert.match(await page(daemon, 'metrics'), /herald_gaps_total\{source="file"[^}]*\} 1\n/);
    await stop(daemon, 'SIGTERM');
    assert.deepEqual(serialsOfJournal(journal), wanted);
    assert.deepEqual(actionsOfJournal(journal), { login_failed: wanted.length, herald_gap: 1 });
    const books = booksOfJournal(journal);
    assertDeliveriesLaw(books, 'journal');
    assert.equal(books.delivered, wanted.length + 1, 'rules match a gap as they match events');
    // A gap is told once, however often herald starts.
    await stop(await settledStart(scenario), 'SIGTERM');
    assert.deepEqual(actionsOfJournal(journal), { login_failed: wanted.length, herald_gap: 1 });
  });

  test('nothing was written between the rotations', async (context) => {
    const scenario = await startScenario(context, { seed: 84 });
    await upAndDown(scenario, 'SIGTERM');
    for (let rotation = 0; rotation < 2; rotation += 1) await scenario.kubelet.rotate();
    await scenario.kubelet.write(1);
    await scenario.assertAccounts(scenario.start());
  });

  test('six downtimes, of which some begin while it catches up from the one before', async (context) => {
    const scenario = await startScenario(context, { seed: 85 });
    const { kubelet, start, sink } = scenario;
    await kubelet.write(100);
    for (let downtime = 0; downtime < 6; downtime += 1) {
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

async function settledStart({ start }: Scenario): Promise<Daemon> {
  const daemon = start();
  await daemon.logged('"reading"');
  return daemon;
}
