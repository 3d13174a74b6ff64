import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { failingCalls, traceSkip } from '../support/faults.ts';
import { startScenario, type Scenario, type StartOptions } from '../support/scenario.ts';
import { accepts, refuses } from '../support/sink.ts';

describe('somebody removes the journal while it is in use', { concurrency: 2 }, () => {
  test('it is written back: a kill -9 later costs nothing', async (context) => {
    await removeAndKill(await startScenario(context, { seed: 131 }));
  });

  test('and what is written back cannot be opened at first', { skip: traceSkip() }, async (context) => {
    const scenario = await startScenario(context, { seed: 132 });
    const { folder, journal } = scenario;
    // The first time is that of the start.
    const calls = failingCalls(folder, join(journal, 'herald.db-wal'), 'openat:error=EIO:when=2');
    await removeAndKill(scenario, calls.start);
    assert.equal(calls.injected(), 1);
  });
});

async function removeAndKill(
  { kubelet, sink, journal, start, assertAccounts }: Scenario,
  options: StartOptions = {},
): Promise<void> {
  sink.behave(refuses);
  const daemon = start(options);
  await daemon.logged('"reading"');
  await kubelet.rate(300);
  await daemon.logged('delivery fails, retrying');
  rmSync(journal, { recursive: true });
  await daemon.logged('it is written back');
  daemon.process.kill('SIGKILL');
  await daemon.exited();
  await kubelet.rate(0);
  sink.behave(accepts);
  await assertAccounts(start());
}
