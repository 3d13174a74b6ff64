import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { deliver, idOf, open, range, storedIds, t0, tempFolder } from './harness.ts';
import { batchOf, eventsPerBatch } from './crash-batch.ts';

/** Runs the appending process until it has reported `batches` and a little longer, then kills it. */
async function killedAfter(path: string, batches: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-process.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let reported = 0;
  for await (const chunk of child.stdout) {
    reported += String(chunk).split('\n').length - 1;
    if (reported >= batches) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
  return reported;
}

test('killed in the middle of appends, the journal is exactly before or after a batch, and goes on', async () => {
  const path = tempFolder();
  let total = 0;
  let repeated = 0;
  for (const round of [3, 8, 5]) {
    const reported = await killedAfter(path, round);
    const journal = open(path);
    const next = journal.checkpoints('server').get('next');
    assert(typeof next === 'number');
    // What was acknowledged is there; at most the batch under way is there too.
    assert(next >= total + reported && next <= total + reported + 1, `${next} after ${total} + ${reported}`);
    const events = next * eventsPerBatch;
    const read = next + repeated;
    assert.deepEqual(journal.lines(), new Map([['server', { event: eventsPerBatch * read, access: 9 * read }]]));
    assert.equal(journal.queue('chat').made, events);
    const { pending, delivered, dead, shed } = journal.queue('chat');
    assert.equal(pending + delivered + dead + shed, events);
    assert.deepEqual(storedIds(journal), range(0, events).map(idOf).slice(0, 10_000));
    // The batch that the source will read again, because it cannot know.
    const again = journal.append(batchOf(next - 1), t0);
    assert.partialDeepStrictEqual(again, { inserted: 0, duplicates: eventsPerBatch });
    assert.deepEqual(journal.recovered(), undefined);
    repeated += 1;
    journal.close();
    total = next;
  }
  const journal = open(path);
  let delivered = journal.queue('chat').delivered;
  for (;;) {
    const leased = deliver(journal, 'chat', t0);
    if (leased.length === 0) break;
    delivered += leased.length;
  }
  assert.equal(delivered, total * eventsPerBatch);
});
