import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache, type EventCache } from '../../src/journal/cache.ts';

const entryBytes = 1000;
const fits = 64;

function filled(cache: EventCache, from: number, to: number): void {
  for (let seq = from; seq < to; seq += 1) {
    cache.add(seq, { id: `${seq}`, at: seq, bytes: Buffer.alloc(entryBytes), written: 0, open: 1 });
  }
}

/** The numbers from 0 that it has. Asking changes what it keeps from then on, not what it has. */
function kept(cache: EventCache, to: number): readonly number[] {
  return Array.from({ length: to }, (_, seq) => seq).filter((seq) => cache.get(seq) !== undefined);
}

test('it keeps as much as it may, and what is asked for in time', () => {
  const cache = createCache(fits * entryBytes);
  filled(cache, 0, fits);
  assert.equal(kept(cache, fits).length, fits);
  for (let seq = 0; seq < 1000; seq += 1) {
    assert.equal(cache.get(seq)?.id, `${seq}`, 'a queue that keeps up never misses');
    filled(cache, seq + fits, seq + fits + 1);
  }
  assert.equal(kept(cache, 1000 + fits).length, fits);
});

test('while nobody asks for what it has, it keeps a sixteenth; then as much as before', () => {
  const cache = createCache(fits * entryBytes);
  filled(cache, 0, 1000);
  assert.equal(cache.get(0), undefined, 'the head of a queue that waits is not here');
  filled(cache, 1000, 2000);
  assert.deepEqual(kept(cache, 2000), [1996, 1997, 1998, 1999]);
  filled(cache, 2000, 2000 + fits);
  assert.equal(kept(cache, 2000 + fits).length, fits, 'the queue has come near its end');
});

test('what is settled makes room', () => {
  const cache = createCache(fits * entryBytes);
  filled(cache, 0, fits);
  for (let seq = 0; seq < fits / 2; seq += 1) cache.release(seq);
  filled(cache, fits, fits + fits / 2);
  assert.deepEqual(
    kept(cache, 2 * fits),
    Array.from({ length: fits }, (_, at) => fits / 2 + at),
  );
});
