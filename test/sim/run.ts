import { inspect, parseArgs } from 'node:util';
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
for (let at = 0; at < runs; at += 1) {
  const { failure, trace } = await simulate(seed + at);
  if (runs === 1 || failure !== undefined) process.stdout.write(`${trace.join('\n')}\n`);
  if (failure === undefined) continue;
  process.stdout.write(`\nseed ${seed + at}: ${inspect(failure)}\n`);
  process.exit(1);
}
process.stdout.write(`${runs} runs from seed ${seed}: all held\n`);
