import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outage } from './outage.ts';

// `npm run memory -- [--events N] [--rate N]`: what a destination that is down for a million events does to the daemon's memory.

const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, rate: { type: 'string', default: 'Infinity' } },
});
const folder = mkdtempSync(join(tmpdir(), 'herald-memory-'));
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
try {
  const result = await outage({
    events: Number(values.events),
    rate: Number(values.rate),
    folder,
    idleMs: 10_000,
    say: (text) => void process.stderr.write(`${text}\n`),
  });
  const { events, seconds, idleBytes, peakBytes } = result;
  const above = megabytes(peakBytes - idleBytes);
  process.stdout.write(
    `${events} events in ${Math.round(seconds)} s, none of them delivered: ${megabytes(idleBytes)} idle, ` +
      `${megabytes(peakBytes)} at most, ${above} more\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
