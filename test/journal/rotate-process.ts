import { openJournal } from '../../src/journal/open.ts';
import { batch, changesOf, entry, keyOf, restore, t0 } from './records.ts';

// Started by rotation.test.ts: brings a journal from one key to another, piece by piece, with an event in between, until it is killed or done.
const [, , path = '', from = '', to = '', next = ''] = process.argv;
const keys = (text: string) => (text === 'plain' ? [] : [keyOf(Number(text))]);
const journal = openJournal(
  {
    path,
    retentionMs: 86_400_000,
    maxBytes: 1e9,
    whenFull: 'block',
    encryption: { key: keys(to)[0], previous: keys(from) },
  },
  { restore, nowMs: t0, log: { info: () => undefined, error: () => undefined } },
);
for (let n = Number(next); ; n += 1) {
  journal.append(batch([entry(n)], { ruleState: changesOf([['count', n]]) }), t0);
  const more = journal.maintain(t0);
  process.stdout.write(`${n} ${more}\n`);
  await new Promise((resolve) => setImmediate(resolve));
  if (journal.encryption()?.others.length === 0) break;
}
journal.close();
