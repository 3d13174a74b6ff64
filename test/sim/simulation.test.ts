import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { simulate } from './simulate.ts';

// The whole program on a clock that does not tick: see simulate.ts. A failure names its seed; `npm run sim -- --seed N` tells its story.

/** So many runs at least, and as many as the time allows: the same ones everywhere, from seed 1 on. */
const runsMin = 150;
const budgetMs = 20_000;

test('whatever happens to it, nothing is lost, nothing is done twice and nothing waits for ever', async (context) => {
  const start = systemClock.monotonic();
  let seed = 0;
  while (seed < runsMin || systemClock.monotonic() - start < budgetMs) {
    seed += 1;
    const { failure, trace } = await simulate(seed);
    if (failure === undefined) continue;
    context.diagnostic(trace.slice(-40).join('\n'));
    throw new Error(`npm run sim -- --seed ${seed}`, { cause: failure });
  }
  context.diagnostic(`${seed} runs`);
});

test('a seed tells the same story every time', async () => {
  // Two of the first runs with crashes, faults and a power cut between them.
  for (const seed of [1, 5]) assert.deepEqual((await simulate(seed)).trace, (await simulate(seed)).trace);
});
