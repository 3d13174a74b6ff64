import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache, type EventCache } from '../../src/journal/cache.ts';

const entryBytes = 1000;
const fits = 640;

function filled(cache: EventCache, from: number, to: number): void {
  for (let seq = from; seq < to; seq += 1) {
    cache.add(seq, { id: `${seq}`, at: seq, bytes: Buffer.alloc(entryBytes), written: 0, open: 1 });
  }
}

/** How many of these it has. */
function found(cache: EventCache, from: number, to: number): number {
  return Array.from({ length: to - from }, (_, at) => cache.get(from + at)).filter((entry) => entry !== undefined)
    .length;
}

test('a queue that keeps up never misses', () => {
  const cache = createCache(fits * entryBytes);
  const behind = fits / 4;
  filled(cache, 0, behind);
  for (let seq = 0; seq < 5000; seq += 1) {
    assert.equal(cache.get(seq)?.id, `${seq}`);
    filled(cache, seq + behind, seq + behind + 1);
  }
  assert.equal(found(cache, 0, 5000 + behind), fits, 'as much as it may, for whoever else asks');
});

test('what nobody asks for is not kept', () => {
  const cache = createCache(fits * entryBytes);
  filled(cache, 0, 1);
  assert.equal(cache.get(0)?.id, '0', 'an attempt, which fails');
  filled(cache, 1, 10_000);
  assert.equal(found(cache, 0, 100), 0, 'the head of a queue that waits is not here');
  filled(cache, 10_000, 10_010);
  assert.equal(found(cache, 0, 9700), 0);
  filled(cache, 10_010, 10_020);
  assert.equal(found(cache, 10_000, 10_020), 0);
});

test('a queue that has come near its end finds what is written from then on', () => {
  const cache = createCache(fits * entryBytes);
  filled(cache, 0, 1000);
  assert.equal(found(cache, 0, 1000), 0);
  filled(cache, 1000, 1000 + fits / 4);
  assert.equal(found(cache, 1000, 1000 + fits / 4), fits / 4);
});

test('what is settled makes room', () => {
  const cache = createCache(fits * entryBytes);
  for (let seq = 0; seq < fits; seq += 10) {
    filled(cache, seq, seq + 10);
    assert.equal(found(cache, seq, seq + 10), 10);
  }
  for (let seq = fits / 2; seq < fits; seq += 1) cache.release(seq);
  filled(cache, fits, fits + fits / 4);
  assert.equal(found(cache, 0, fits / 2), fits / 2, 'the oldest are still here');
});
