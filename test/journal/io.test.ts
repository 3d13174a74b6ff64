import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { batchOf, eventsPerBatch } from './crash-batch.ts';
import { idOf, open, range, storedIds, t0, tempFolder } from './harness.ts';

test('a write that the system refuses is an OperationalError every time, and what was acknowledged is there', () => {
  const path = tempFolder();
  const script = join(import.meta.dirname, 'limited-process.ts');
  // No file above some MB: the kernel itself fails the write in the middle of a transaction.
  const output = execFileSync('sh', ['-c', 'ulimit -f 6000; exec "$0" "$1" "$2"', process.execPath, script, path], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  const { codes, written, made }: { codes: string[]; written: number; made: number } = JSON.parse(output);
  assert.deepEqual(codes, ['io', 'io', 'io', 'io']);
  assert(written > 5 && written < 100, `${written}`);
  assert.equal(made, written * eventsPerBatch);
  const journal = open(path);
  assert.deepEqual(storedIds(journal), range(0, written * eventsPerBatch).map(idOf));
  assert.deepEqual(journal.checkpoints('server'), new Map([['next', written]]));
  assert.partialDeepStrictEqual(journal.append(batchOf(written), t0), { inserted: eventsPerBatch });
});
