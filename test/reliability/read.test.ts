import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { failingCalls, traceSkip } from '../support/faults.ts';
import { startScenario } from '../support/scenario.ts';

const faults: readonly (readonly [string, string])[] = [
  ['read: EIO', 'pread64:error=EIO:when=3..4'],
  ['read: ESTALE, as a network file system says', 'pread64:error=ESTALE:when=3..3'],
  ['read: EINTR', 'pread64:error=EINTR:when=3..5'],
  ['stat: EIO', 'fstat,statx:error=EIO:when=3..4'],
  ['open: EMFILE', 'openat:error=EMFILE:when=1..2'],
];

describe('the log when it cannot be read for a while', { concurrency: 5, skip: traceSkip() }, () => {
  for (const [name, inject] of faults) {
    test(name, async (context) => {
      const { folder, kubelet, start, assertAccounts } = await startScenario(context, { seed: 61 });
      await kubelet.write(500);
      const calls = failingCalls(folder, join(kubelet.folder, '0.log'), inject);
      const daemon = start(calls.start);
      for (let turn = 0; turn < 20; turn += 1) await kubelet.write(50);
      await kubelet.rotate();
      await kubelet.write(100);
      await assertAccounts(daemon);
      assert.ok(calls.injected() > 0);
    });
  }
});
