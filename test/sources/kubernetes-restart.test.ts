import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContainer } from '../support/kube-api/cluster.ts';
import { eventLine } from '../support/lines.ts';
import { waitFor } from '../support/source.ts';
import { begin, complete, lines, range, start, startWorld, type World } from './kubernetes.ts';

const events = (from: number, to: number): string[] => range(from, to).map((serial) => eventLine(serial));

/** Written so late that no stream that is open brings it. */
function hide(world: World, { log }: TestContainer, from: number, to: number): void {
  log.file.push(...events(from, to).map((text) => ({ time: world.cluster.nextTime(), text })));
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
  const running = await begin(context, world, server);
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
  const first = await begin(context, world, server);
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

test('restarted while herald was down: the rest of the old log and all of the new one, each line once', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  const first = await begin(context, world, server);
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
  const first = await begin(context, world, server);
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
  const first = await begin(context, world, server);
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
