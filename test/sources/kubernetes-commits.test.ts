import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperationalError } from '../../src/core/errors.ts';
import { createCommits } from '../../src/sources/kubernetes/commits.ts';
import type { SourceBatch } from '../../src/sources/source.ts';
import { settled } from '../support/clock.ts';
import { lines, start, startWorld } from './kubernetes.ts';

/** An acceptor whose batches the test lets through one by one. */
function gate(): { accept: (batch: SourceBatch) => Promise<void>; batches: SourceBatch[]; open: () => Promise<void> } {
  const batches: SourceBatch[] = [];
  let open = (): void => undefined;
  return {
    batches,
    accept: (batch) => {
      batches.push(batch);
      return new Promise((resolve) => (open = resolve));
    },
    open: async () => {
      open();
      await settled();
    },
  };
}

const line = (count: number) => ({ events: [], counts: { plain: count }, newest: count });

test('what comes while a commit is under way is the next one, the newest checkpoint of each container in it', async () => {
  const { accept, batches, open } = gate();
  const commits = createCommits({ accept, stop: new AbortController().signal, onFailure: assert.ifError });
  await commits.add([['a', 1]], line(1), 10);
  await settled();
  await commits.add([['a', 2]], line(2), 10);
  await commits.add([['b', 1]], line(4), 10);
  await commits.add([['a', 3]], line(8), 10);
  await open();
  await open();
  await commits.settled();
  assert.deepEqual(
    batches.map(({ counts, newest, checkpoints }) => [counts, newest, [...checkpoints]]),
    [
      [{ plain: 1 }, 1, [['a', 1]]],
      [
        { plain: 14 },
        8,
        [
          ['a', 3],
          ['b', 1],
        ],
      ],
    ],
  );
});

test('more than a bound does not wait in memory', async () => {
  const { accept, open } = gate();
  const commits = createCommits({ accept, stop: new AbortController().signal, onFailure: assert.ifError });
  await commits.add([['a', 1]], line(1), 10);
  await settled();
  let isAdded = false;
  const added = commits.add([['a', 2]], line(1), 2 * 1024 * 1024).then(() => (isAdded = true));
  await settled();
  assert.equal(isAdded, false);
  await open();
  await added;
  await open();
  await commits.settled();
});

test('after a stop nothing is written that comes behind what may not be', async () => {
  const { accept, batches, open } = gate();
  const stop = new AbortController();
  const commits = createCommits({ accept, stop: stop.signal, onFailure: assert.ifError });
  await commits.add([['a', 1]], line(1), 10);
  await settled();
  const added = commits.add([['a', 2]], line(1), 2 * 1024 * 1024);
  stop.abort();
  await open();
  await added;
  await commits.settled();
  assert.equal(batches.length, 1);
});

test('a journal that refuses ends the source with its error, and leaves no connection behind', async (context) => {
  const world = await startWorld(context);
  world.cluster
    .addPod('server-0')
    .container()
    .write(...lines(0, 5));
  const running = start(context, world, {}, undefined, undefined, () =>
    Promise.reject(new OperationalError('disk_full', 'no space left')),
  );
  await assert.rejects(running.done, /no space left/);
});
