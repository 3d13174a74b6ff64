import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventLine } from '../support/lines.ts';
import { waitFor } from '../support/source.ts';
import { begin, complete, lines, range, start, startWorld } from './kubernetes.ts';

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
  const first = await begin(context, world, old.container());
  await first.stop();
  old.delete();
  world.cluster
    .addPod('server-0')
    .container()
    .write(...lines(10, 20));
  const second = start(context, world, {}, first.out.checkpoints, first.out);
  await complete(second, 20);
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
