import assert from 'node:assert/strict';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createDice, drawPlan, type Plan } from './plan.ts';
import { simulate } from './simulate.ts';
import type { Done, Share } from './worker.ts';

// The whole program on a clock that does not tick: see simulate.ts. A failure names its seed; `npm run sim -- --seed N` tells its story.

/** The same ones everywhere, from seed 1 on. */
const runs = 2000;

/** It is forty seconds of work, which may take a while on a machine with much else to do. */
const generous = { timeout: 900_000 };

test(
  'whatever happens to it, nothing is lost, nothing is done twice and nothing waits for ever',
  generous,
  async () => {
    const step = Math.min(4, availableParallelism());
    const shares = Array.from({ length: step }, (_, at): Share => ({ first: at + 1, last: runs, step }));
    const done = await Promise.all(shares.map(run));
    for (const { failed } of done) {
      if (failed !== undefined) assert.fail(`npm run sim -- --seed ${failed.seed}\n${failed.text}`);
    }
    assert.equal(
      done.reduce((sum, share) => sum + share.runs, 0),
      runs,
    );
  },
);

test('a seed tells the same story every time', async () => {
  const first = (fits: (plan: Plan) => boolean): number => {
    for (let seed = 1; ; seed += 1) if (fits(drawPlan(createDice(seed)))) return seed;
  };
  const seeds = [
    first(({ power, lives }) => power && lives > 0),
    first(({ faultOneIn, lives }) => faultOneIn > 0 && lives > 0),
    first(({ keys, lives }) => keys === 'changing' && lives > 0),
  ];
  for (const seed of seeds) assert.deepEqual((await simulate(seed)).trace, (await simulate(seed)).trace);
});

async function run(share: Share): Promise<Done> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: share });
  // On a busy machine both come in the same moment: who waits for the second after the first would wait for ever.
  const exited = once(worker, 'exit');
  const [done]: [Done] = (await once(worker, 'message')) as [Done];
  await exited;
  return done;
}
