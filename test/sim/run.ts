import { inspect, parseArgs } from 'node:util';
import { prepareMany } from './many.ts';
import { simulate } from './simulate.ts';

// `npm run sim -- --seed N [--runs N]`: one run with its whole story, or many of which only failures are told.

const { values } = parseArgs({
  options: { seed: { type: 'string' }, runs: { type: 'string', default: '1' } },
});
const seed = Number(values.seed ?? 1);
const runs = Number(values.runs);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(runs) || runs < 1) {
  process.stderr.write('usage: npm run sim -- --seed <number> [--runs <number>]\n');
  process.exit(64);
}
if (runs === 1) {
  const { failure, trace } = await simulate(seed);
  process.stdout.write(`${trace.join('\n')}\n`);
  if (failure !== undefined) fail(seed, failure);
} else {
  const failed = prepareMany();
  for (let at = 0; at < runs; at += 1) {
    const outcome = await failed(seed + at);
    if (outcome === undefined) continue;
    process.stdout.write(`${outcome.trace.join('\n')}\n`);
    fail(outcome.seed, outcome.failure);
  }
}
process.stdout.write(`${runs} runs from seed ${seed}: all held\n`);

function fail(failing: number, failure: unknown): never {
  process.stdout.write(`\nseed ${failing}: ${inspect(failure)}\n`);
  process.exit(1);
}
