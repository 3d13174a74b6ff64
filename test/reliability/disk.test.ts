import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { failing, mountDisk, mountSkip, traceSkip } from '../support/faults.ts';
import { page, startScenario } from '../support/scenario.ts';
import { accepts, refuses } from '../support/sink.ts';
import { waitUntil } from '../support/source.ts';

const mebibyte = 1024 * 1024;

test('a full disk stops the reading, says so, and goes on when it is freed', { skip: mountSkip() }, async (context) => {
  const disk = mountDisk(context, 24 * mebibyte);
  const scenario = await startScenario(context, { seed: 51, journal: join(disk, 'journal') });
  const { kubelet, sink, start, assertAccounts } = scenario;
  sink.behave(refuses);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(21 * mebibyte));
  const daemon = start();
  await kubelet.write(8000);
  await daemon.logged('"code":"disk_full"');
  const readiness = await page(daemon, 'readyz');
  assert.match(readiness, /"ready":false.*disk_full/);
  assert.equal(await page(daemon, 'livez'), 'ok\n');
  await kubelet.rotate();
  await kubelet.write(100);
  sink.behave(accepts);
  rmSync(join(disk, 'filler'));
  await assertAccounts(daemon, 40_000);
  assert.ok(!existsSync(join(disk, 'journal', 'aside')));
});

const faults: readonly (readonly [string, string, readonly string[]])[] = [
  ['fsync of the write-ahead log', 'herald.db-wal', ['fsync,fdatasync:error=EIO:when=3..5']],
  ['write to the write-ahead log: EIO', 'herald.db-wal', ['pwrite64:error=EIO:when=40..42']],
  ['write to the write-ahead log: ENOSPC', 'herald.db-wal', ['pwrite64:error=ENOSPC:when=40..42']],
  ['write to the write-ahead log: EDQUOT', 'herald.db-wal', ['pwrite64:error=EDQUOT:when=40..42']],
  ['write to the database', 'herald.db', ['pwrite64:error=EIO:when=2..4']],
  ['fsync of the database', 'herald.db', ['fsync,fdatasync:error=EIO:when=2..4']],
];

describe('the journal when the disk fails', { concurrency: 3, skip: traceSkip() }, () => {
  for (const [name, file, inject] of faults) {
    test(name, async (context) => {
      const { kubelet, sink, journal, start, assertAccounts } = await startScenario(context, { seed: 52 });
      await kubelet.write(1500);
      // Its files are there and the daemon starts well; what fails, fails while it works.
      const first = start();
      await waitUntil(
        async () => sink.distinct() === 1500,
        () => first.log(),
      );
      first.process.kill('SIGKILL');
      await first.exited();
      const daemon = start(failing([join(journal, file)], ...inject));
      for (let turn = 0; turn < 30; turn += 1) await kubelet.write(100);
      await assertAccounts(daemon, 40_000);
      context.diagnostic(
        daemon
          .log()
          .split('\n')
          .filter((line) => /"level":"(?:warn|error)"/.test(line))
          .join('\n'),
      );
    });
  }
});
