import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeOf, type TestContainer } from '../support/kube-api/cluster.ts';
import { accessLine, eventLine } from '../support/lines.ts';
import { waitFor } from '../support/source.ts';
import { lines, range, start, startWorld, type Running, type World } from './kubernetes.ts';

/** Resolves when each of the serials has come; then nothing may have come twice, and no line may be counted twice. */
async function complete({ out }: Running, count: number): Promise<void> {
  await waitFor(() => out.counts.access === count, `${count} lines`);
  assert.deepEqual(out.serials(), range(0, count));
  assert.deepEqual(out.counts, { event: count, access: count });
}

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

test('a crash and a restart: the end of the old log, then all of the new one', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 10));
  const running = start(context, world);
  await running.out.until(10);
  for (let serial = 10; serial < 50; serial += 10) {
    server.write(...lines(serial, serial + 5));
    server.crash();
    server.restart();
    server.write(...lines(serial + 5, serial + 10));
    await running.out.until(serial + 10);
  }
  await complete(running, 50);
});

test('a restart that the API tells late: the tail of the old log is read from the previous container', async (context) => {
  const world = await startWorld(context);
  const pod = world.cluster.addPod('server-0');
  const server = pod.container();
  server.write(...lines(0, 10));
  const running = start(context, world);
  await waitFor(() => running.out.counts.access === 10, 'the first lines');
  // The connection breaks, and when it is made again, another instance runs.
  world.api.breakAll();
  hide(world, server, 10, 15);
  server.restart(false);
  world.cluster.silence(10);
  server.write(...events(15, 20));
  await running.out.until(15);
  world.api.breakAll();
  world.cluster.silence(10);
  server.write(...events(20, 25));
  await running.out.until(20);
  pod.tell();
  // The stream goes on, so it cannot be the old container's.
  await waitFor(() => running.clock.isAsleepFor(30_000), 'the wait for the end of the stream');
  running.clock.skip(30_000);
  await running.out.until(25);
  server.write(...events(25, 26));
  await running.out.until(26);
  assert.deepEqual(running.out.serials(), [...range(0, 10), ...range(15, 25), ...range(10, 15), 25]);
  assert.deepEqual(running.out.counts, { event: 26, access: 10 });
});

test('a restart that the API has not told when herald starts', async (context) => {
  const world = await startWorld(context);
  const pod = world.cluster.addPod('server-0');
  const server = pod.container();
  server.write(...lines(0, 10));
  const first = start(context, world);
  await waitFor(() => first.out.counts.access === 10, 'the first lines');
  await first.stop();
  server.write(...events(10, 15));
  server.restart(false);
  world.cluster.silence(10);
  server.write(...events(15, 20));
  const second = start(context, world, {}, first.out.checkpoints, first.out);
  await second.out.until(15);
  pod.tell();
  await waitFor(() => second.clock.isAsleepFor(30_000), 'the wait for the end of the stream');
  second.clock.skip(30_000);
  await second.out.until(20);
  assert.deepEqual(second.out.serials(), [...range(0, 10), ...range(15, 20), ...range(10, 15)]);
  assert.deepEqual(second.out.counts, { event: 20, access: 10 });
});

const events = (from: number, to: number): string[] => range(from, to).map((serial) => eventLine(serial));

/** Written so late that no stream that is open brings it. */
function hide(world: World, { log }: TestContainer, from: number, to: number): void {
  log.file.push(...events(from, to).map((text) => ({ time: world.cluster.nextTime(), text })));
}

test('restarted while herald was down: the rest of the old log and all of the new one, each line once', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 10));
  const first = start(context, world);
  await waitFor(() => first.out.counts.access === 10, 'the first lines');
  await first.stop();
  server.write(...lines(10, 20));
  server.restart();
  server.write(...lines(20, 30));
  const second = start(context, world, {}, first.out.checkpoints, first.out);
  await complete(second, 30);
});

test('connections that broke before, and restarted while herald was down: each line once', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  const first = start(context, world);
  for (let serial = 0; serial < 30; serial += 10) {
    server.write(...lines(serial, serial + 10));
    await waitFor(() => first.out.counts.access === serial + 10, 'the lines before the break');
    world.api.breakAll();
  }
  await first.stop();
  server.write(...lines(30, 40));
  server.restart();
  server.write(...lines(40, 50));
  const second = start(context, world, {}, first.out.checkpoints, first.out);
  await complete(second, 50);
});

test('restarted twice while herald was down: what can be read is read, and the gap is an event', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 10));
  const first = start(context, world);
  await waitFor(() => first.out.counts.access === 10, 'the first lines');
  await first.stop();
  server.restart();
  server.write(...lines(10, 20));
  server.restart();
  server.write(...lines(20, 30));
  server.restart();
  server.write(...lines(30, 40));
  const second = start(context, world, {}, first.out.checkpoints, first.out);
  await waitFor(() => second.out.counts.access === 30, 'what is left');
  const gaps = second.out.events.filter(({ action }) => action === 'herald_gap');
  assert.equal(gaps.length, 1);
  assert.equal(gaps[0]?.context['reason'], 'restarts');
  assert.equal(gaps[0]?.context['from'], '2026-01-15T09:00:00.019Z');
  const serials = second.out.events.filter(({ action }) => action !== 'herald_gap').map(({ user }) => user.pk);
  assert.deepEqual(serials, [...range(0, 10), ...range(20, 40)]);
  await second.stop();
  const third = start(context, world, {}, second.out.checkpoints, second.out);
  server.write(...lines(40, 41));
  await waitFor(() => third.out.counts.access === 31, 'the last line');
  assert.equal(third.out.events.filter(({ action }) => action === 'herald_gap').length, 1);
});

test('a log that cannot be had any more does not keep the next one from being read', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 10));
  const first = start(context, world);
  await waitFor(() => first.out.counts.access === 10, 'the first lines');
  await first.stop();
  server.restart();
  server.write(...lines(10, 20));
  world.api.fail(
    'log',
    ...range(0, 20).map(() => ({ status: 500, message: 'lstat 0.log: no such file or directory' })),
  );
  const second = start(context, world, {}, first.out.checkpoints, first.out);
  await complete(second, 20);
  assert.ok(second.out.log.some((line) => line.includes('may be missing')));
});

test('a container that waits between two crashes is read to its end and left alone', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 10));
  server.crash();
  const running = start(context, world);
  await complete(running, 10);
  await waitFor(() => world.api.asked('log').every(({ status }) => status === 200), 'the end of the stream');
  server.restart();
  server.write(...lines(10, 20));
  await complete(running, 20);
  // It was read to its end, so nothing of it is asked for again.
  assert.deepEqual(
    world.api.asked('log').map(({ query }) => [query.get('follow'), query.get('previous')]),
    [
      ['true', null],
      ['true', null],
    ],
  );
});

test('pods that finish are read to their end, a last line without its end included', async (context) => {
  const world = await startWorld(context);
  const done = world.cluster.addPod('server-0');
  done.container().write(...lines(0, 10));
  done.finish('Succeeded');
  done.container().log.file.push({ time: world.cluster.nextTime(), text: eventLine(10), isTorn: true });
  const failing = world.cluster.addPod('server-1');
  const running = start(context, world);
  await running.out.until(11);
  failing.container().write(...lines(11, 20));
  failing.finish('Failed');
  await running.out.until(20);
  assert.deepEqual(running.out.serials(), range(0, 20));
  await waitFor(() => world.api.asked('log').every(({ status }) => status === 200), 'the end of the streams');
});

test('a pod that is deleted is drained and forgotten; one that appears is read whole', async (context) => {
  const world = await startWorld(context);
  const old = world.cluster.addPod('server-0');
  const running = start(context, world, { start_at: 'end' });
  await waitFor(() => world.api.asked('log').length === 2, 'the end to be found');
  old.container().write(...lines(0, 10));
  await running.out.until(10);
  old.container().write(...lines(10, 20));
  old.delete();
  const young = world.cluster.addPod('server-1');
  young.container().write(...lines(20, 30));
  await waitFor(() => running.out.counts.access === 30, 'all lines');
  assert.deepEqual(
    running.out.serials().toSorted((a, b) => a - b),
    range(0, 30),
  );
  await waitFor(
    () => ![...running.out.checkpoints].some(([key, value]) => key.startsWith('server-0') && value !== null),
    'no checkpoint',
  );
  assert.ok([...running.out.checkpoints.keys()].some((key) => key.startsWith('server-1')));
});

test('a pod of the same name is another one', async (context) => {
  const world = await startWorld(context);
  const old = world.cluster.addPod('server-0');
  old.container().write(...lines(0, 10));
  const first = start(context, world);
  await waitFor(() => first.out.counts.access === 10, 'the first lines');
  await first.stop();
  old.delete();
  world.cluster
    .addPod('server-0')
    .container()
    .write(...lines(10, 20));
  const second = start(context, world, {}, first.out.checkpoints, first.out);
  await complete(second, 20);
});

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

test('a container that is still starting is waited for, and read from its first line', async (context) => {
  const world = await startWorld(context);
  const pod = world.cluster.addPod('server-0');
  pod.container().isWaiting = true;
  pod.tell();
  const running = start(context, world, { start_at: 'end' });
  await waitFor(() => world.api.asked('watch').length === 1, 'the watch');
  assert.equal(world.api.asked('log').length, 0);
  pod.container().isWaiting = false;
  pod.container().write(...lines(0, 3));
  pod.tell();
  await complete(running, 3);
});
