import { openJournal } from '../../src/journal/open.ts';
import { batch, entry, restore, t0 } from './records.ts';

// Started by owner.test.ts: owns the journal of its argument until it is killed.
const path = process.argv[2] ?? '';
const journal = openJournal(
  { path, retentionMs: 86_400_000, maxBytes: 1e9, whenFull: 'block' },
  { restore, nowMs: t0, log: { info: () => undefined, error: () => undefined } },
);
journal.append(batch([1, 2, 3].map((n) => entry(n))), t0);
process.stdout.write('ready\n');
process.stdin.resume();
// A journal that nothing refers to any more is collected, and its lock goes with it.
setInterval(() => journal.bytes(), 60_000);
