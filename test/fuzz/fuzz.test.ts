import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';

const inputsMax = 3000;
/** Half a minute of work where three others work, too. */
const generous = { timeout: 900_000 };

for (const seed of [1, 2]) {
  test(`mutated lines, seed ${seed}: no crash, no secret, every output in its grammar`, generous, (context) => {
    const { inputs, events, notifications, outputs } = fuzz(seed, (count) => count < inputsMax);
    context.diagnostic(`${inputs} inputs, ${events} events, ${notifications} notifications, ${outputs} outputs`);
    assert.ok(events > inputsMax / 10 && notifications > events, 'enough of it is still an event');
  });
}
