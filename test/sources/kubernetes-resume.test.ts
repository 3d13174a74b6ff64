import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeOf } from '../support/kube-api/cluster.ts';
import { accessLine, eventLine } from '../support/lines.ts';
import { waitFor } from '../support/source.ts';
import { complete, lines, range, start, startWorld } from './kubernetes.ts';

/** Everything within one second, several lines of one nanosecond: what the API's times cannot tell apart. */
function crowd(from: number, to: number): { time: string; text: string }[] {
  return range(from, to).flatMap((serial) =>
    [eventLine(serial), accessLine.replace('200', `2${serial}`)].map((text) => ({
      time: timeOf(5_000_000_000n + BigInt(Math.floor(serial / 5))),
      text,
    })),
  );
}

for (const fault of ['cutAfter', 'endAfter'] as const) {
  test(`streams that stop in the middle of a line (${fault}), within one second: each line once`, async (context) => {
    const world = await startWorld(context);
    const server = world.cluster.addPod('server-0').container();
    server.log.write(...crowd(0, 200));
    world.api.options.pieceBytes = 700;
    world.api.fail('log', ...range(0, 20).map((at) => ({ [fault]: at * 4321 + 17 }) as { cutAfter: number }));
    const running = start(context, world);
    await running.out.until(200);
    server.log.write(...crowd(200, 300));
    await complete(running, 300);
    assert.ok(world.api.asked('log').length >= 21);
  });
}

test('a restart at any moment goes on behind the last line that was kept', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.log.write(...crowd(0, 1000));
  world.api.options.pieceBytes = 3000;
  let running = start(context, world);
  for (const count of [1, 100, 450, 800]) {
    await running.out.until(count);
    await running.stop();
    running = start(context, world, {}, running.out.checkpoints, running.out);
  }
  await complete(running, 1000);
});

for (const stopsAtRotation of [true, false]) {
  test(`rotations while it is read, streams ${stopsAtRotation ? 'end' : 'go on'} there`, async (context) => {
    const world = await startWorld(context);
    world.api.options.stopsAtRotation = stopsAtRotation;
    const server = world.cluster.addPod('server-0').container();
    const running = start(context, world);
    for (let serial = 0; serial < 200; serial += 20) {
      server.log.write(...crowd(serial, serial + 20));
      await running.out.until(serial + 20);
      await waitFor(() => running.out.counts.access === serial + 20, 'the lines before the rotation');
      server.log.rotate();
    }
    await complete(running, 200);
  });
}

test('start_at end: what was written before is left, what follows is read, also what was written while herald was down', async (context) => {
  const world = await startWorld(context);
  const empty = world.cluster.addPod('server-0').container();
  const full = world.cluster.addPod('server-1').container();
  const starting = world.cluster.addPod('server-2').container();
  starting.isWaiting = true;
  starting.pod.tell();
  full.write(...lines(1000, 1010));
  full.restart();
  full.write(...lines(1010, 1020));
  const options = { start_at: 'end' };
  const first = start(context, world, options);
  await waitFor(() => world.api.asked('log', 'server-1').length === 2, 'the end to be found');
  await waitFor(() => world.api.asked('log', 'server-0').length === 2, 'the end to be found');
  empty.write(...lines(0, 5));
  full.write(...lines(5, 10));
  starting.isWaiting = false;
  starting.write(...lines(10, 15));
  starting.pod.tell();
  await waitFor(() => first.out.counts.access === 15, 'what follows');
  await first.stop();
  full.write(...lines(15, 20));
  world.cluster
    .addPod('server-3')
    .container()
    .write(...lines(20, 25));
  const second = start(context, world, options, first.out.checkpoints, first.out);
  await waitFor(() => second.out.counts.access === 25, 'what was written meanwhile');
  assert.deepEqual(
    second.out.serials().toSorted((a, b) => a - b),
    range(0, 25),
  );
  await second.stop();
  // Other containers than before: those are as at the first start.
  const third = start(
    context,
    world,
    { ...options, containers: ['server', 'worker', 'proxy'] },
    second.out.checkpoints,
    second.out,
  );
  await third.drain();
  assert.equal(third.out.counts.access, 25);
});
