import { openJournal } from '../../src/journal/open.ts';
import { batchOf } from './crash-batch.ts';
import { encryption, restore, t0 } from './records.ts';

// Started by crash.test.ts: appends from the checkpoint on, delivers some and indexes meanwhile, until it is killed.
const journal = openJournal(
  { path: process.argv[2] ?? '', retentionMs: 86_400_000, maxBytes: 1e9, whenFull: 'block', ...encryption() },
  { restore, nowMs: t0, log: { info: () => undefined, error: () => undefined } },
);
const next = journal.checkpoints('server').get('next');
for (let n = typeof next === 'number' ? next : 0; ; n += 1) {
  journal.append(batchOf(n), t0 + n);
  // Written at once: what is reported is what was acknowledged.
  process.stdout.write(`${n}\n`);
  const leased = journal.lease('chat', { items: 20, bytes: 1e9 }, t0 + n);
  journal.settle(
    'chat',
    leased.map(({ seq }) => ({ seq, state: 'delivered' })),
    t0 + n,
  );
  journal.maintain(t0 + n);
  await new Promise((resolve) => setImmediate(resolve));
}
