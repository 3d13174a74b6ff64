import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { failingCalls, mountDisk, mountSkip, traceSkip } from '../support/faults.ts';
import { page, startScenario } from '../support/scenario.ts';
import { accepts, refuses } from '../support/sink.ts';

const mebibyte = 1024 * 1024;

test('a full disk stops the reading, says so, and goes on when it is freed', { skip: mountSkip() }, async (context) => {
  // Freed, it must hold the events, 12 MiB, and as much again of them that is still in the write-ahead log.
  const disk = mountDisk(context, 40 * mebibyte);
  const scenario = await startScenario(context, { seed: 51, journal: join(disk, 'journal') });
  const { kubelet, sink, start, assertAccounts } = scenario;
  sink.behave(refuses);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(37 * mebibyte));
  const daemon = start();
  await kubelet.write(8000);
  // Not the first who finds it full: that may be a destination, which is no reason not to be ready.
  await daemon.logged('"part":"source file","code":"disk_full"');
  // Over several of its tries, which all begin well.
  for (let look = 0; look < 60; look += 1) {
    assert.match(await page(daemon, 'readyz'), /"ready":false.*disk_full/);
    await setTimeout(50);
  }
  assert.equal(await page(daemon, 'livez'), 'ok\n');
  await kubelet.rotate();
  await kubelet.write(100);
  sink.behave(accepts);
  rmSync(join(disk, 'filler'));
  await assertAccounts(daemon);
  assert.ok(!existsSync(join(disk, 'journal', 'aside')));
});

const faults: readonly (readonly [string, string, string])[] = [
  ['fsync of the write-ahead log', 'herald.db-wal', 'fsync,fdatasync:error=EIO:when=3..5'],
  ['write to the write-ahead log: EIO', 'herald.db-wal', 'pwrite64:error=EIO:when=40..42'],
  ['write to the write-ahead log: ENOSPC', 'herald.db-wal', 'pwrite64:error=ENOSPC:when=40..42'],
  ['write to the write-ahead log: EDQUOT', 'herald.db-wal', 'pwrite64:error=EDQUOT:when=40..42'],
  ['write to the database', 'herald.db', 'pwrite64:error=EIO:when=3..5'],
  ['fsync of the database', 'herald.db', 'fsync,fdatasync:error=EIO:when=1..3'],
];

describe('the journal when the disk fails', { concurrency: 4, skip: traceSkip() }, () => {
  for (const [name, file, inject] of faults) {
    test(name, async (context) => {
      const { folder, kubelet, journal, start, delivered, assertAccounts } = await startScenario(context, {
        seed: 52,
        // A small journal moves its write-ahead log into the database often.
        journalOptions: ', max_size: 24MiB',
      });
      await kubelet.write(1500);
      // Its files are there and the daemon starts well; what fails, fails while it works.
      const first = start();
      await delivered(first);
      first.process.kill('SIGKILL');
      await first.exited();
      const calls = failingCalls(folder, join(journal, file), inject);
      const daemon = start(calls.start);
      for (let turn = 0; turn < 30; turn += 1) await kubelet.write(100);
      await assertAccounts(daemon);
      assert.ok(calls.injected() > 0);
    });
  }

  for (const file of ['herald.db', 'herald.db-wal']) {
    test(`at the start: ${file} cannot be read`, async (context) => {
      const { folder, kubelet, journal, start, delivered, assertAccounts } = await startScenario(context, { seed: 53 });
      await kubelet.write(500);
      const first = start();
      await delivered(first);
      first.process.kill('SIGKILL');
      await first.exited();
      await kubelet.write(100);
      const second = start(failingCalls(folder, join(journal, file), 'pread64:error=EIO:when=1').start);
      assert.equal(await second.exited(), 1);
      assert.match(second.log(), /^herald: journal .*: disk I\/O error \(io\)$/m);
      await assertAccounts(start());
    });
  }
});
