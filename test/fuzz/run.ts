import { inspect, parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

// `npm run fuzz -- --seed N --minutes M`, or one input again with `--from K --inputs 1`.

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    inputs: { type: 'string', default: 'Infinity' },
  },
});
const [seed, minutes, from, inputs] = [values.seed, values.minutes, values.from, values.inputs].map(Number);
if (
  seed === undefined ||
  minutes === undefined ||
  from === undefined ||
  inputs === undefined ||
  Number.isNaN(seed + minutes + from + inputs)
) {
  process.stderr.write(
    'usage: npm run fuzz -- --seed <number> [--minutes <number>] [--from <number>] [--inputs <number>]\n',
  );
  process.exit(64);
}
const untilMs = performance.now() + minutes * 60_000;
try {
  const counts = fuzz(seed, (count) => count < inputs && performance.now() < untilMs, from);
  process.stdout.write(`seed ${seed}: ${JSON.stringify(counts)}, all held\n`);
} catch (error) {
  process.stdout.write(`${inspect(error)}\n`);
  process.exit(1);
}
