import type { AppendBatch } from '../../src/journal/journal.ts';
import { batch, entry, range } from './records.ts';

export const eventsPerBatch = 50;

/** Batch number `n` of the source that crash.test.ts kills again and again. */
export function batchOf(n: number): AppendBatch {
  return batch(
    range(n * eventsPerBatch, (n + 1) * eventsPerBatch).map((each) => entry(each, ['chat'], 3000)),
    { counts: { event: eventsPerBatch, access: 9 }, checkpoints: new Map([['next', n + 1]]) },
  );
}
