import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../support/daemon.ts';
import { clockSkip, movingClock } from '../support/faults.ts';
import { startScenario } from '../support/scenario.ts';
import { accepts, inTurn, refuses } from '../support/sink.ts';
import { waitFor } from '../support/source.ts';

const day = 86_400;
/** Longer than any jump, so that nothing is forgotten for its age. */
const journalOptions = ', retention: days=30';

describe('clock jumps', { concurrency: 3, skip: clockSkip() }, () => {
  for (const [name, jumps] of [
    ['forwards', [3 * day]],
    ['back', [-3 * day]],
    ['forwards and back again', [3 * day, 0]],
    ['a leap of a second and an hour of summer time', [1, 3600, 0, -1]],
  ] as const) {
    test(name, async (context) => {
      const clock = movingClock(temporaryFolder(context));
      const { kubelet, sink, start, assertAccounts } = await startScenario(context, { seed: 71, journalOptions });
      const daemon = start(clock.start);
      await kubelet.write(500);
      await waitFor(() => sink.distinct() > 0, 'the first delivery');
      sink.behave(inTurn(accepts, refuses));
      for (const jump of jumps) {
        clock.move(jump);
        const { events } = await kubelet.write(50);
        await waitFor(() => sink.distinct() === events, `${events} events after a jump by ${jump} s:\n${daemon.log()}`);
      }
      await assertAccounts(daemon);
    });
  }

  test('back while deliveries wait for their next attempt: they do not wait for the clock to come there again', async (context) => {
    const clock = movingClock(temporaryFolder(context));
    clock.move(3 * day);
    const { kubelet, sink, start, assertAccounts } = await startScenario(context, { seed: 72, journalOptions });
    sink.behave(refuses);
    const daemon = start(clock.start);
    await kubelet.write(100);
    await daemon.logged('delivery fails, retrying');
    clock.move(0);
    await sleep(300);
    sink.behave(accepts);
    await assertAccounts(daemon);
    assert.ok(sink.requests() > 1);
  });

  test('back while the daemon is down', async (context) => {
    const clock = movingClock(temporaryFolder(context));
    clock.move(3 * day);
    const { kubelet, sink, start, assertAccounts } = await startScenario(context, { seed: 73, journalOptions });
    sink.behave(refuses);
    const first = start(clock.start);
    await kubelet.write(100);
    await first.logged('delivery fails, retrying');
    first.process.kill('SIGKILL');
    await first.exited();
    clock.move(0);
    sink.behave(accepts);
    await assertAccounts(start(clock.start));
  });
});
