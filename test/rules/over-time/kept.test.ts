import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../../src/core/json.ts';
import type { Remembered } from '../../../src/core/rule-state.ts';
import { keysMax, Memory } from '../../../src/rules/over-time/memory.ts';
import { Recency } from '../../../src/rules/over-time/recency.ts';
import { listIn } from '../../../src/rules/over-time/stored.ts';
import { applyChanges } from './run.ts';

const grow = (value: readonly Json[], addition: Json): readonly Json[] => [...value, addition];

/** A memory of lists, and what was written down of it. */
class Diary {
  memory = new Memory<readonly Json[]>({ read: listIn, grow });
  readonly rows = new Map<string, Remembered>();

  add(key: string, addition: Json): void {
    this.memory.add(key, grow(this.memory.get(key) ?? [], addition), addition);
  }

  write(): void {
    const { whole, added } = this.memory.take();
    applyChanges([['r/', whole, added]], this.rows);
  }

  restart(): void {
    this.memory = new Memory<readonly Json[]>({ read: listIn, grow });
    this.memory.restore(Array.from(this.rows, ([name, row]) => [name.slice(2), row]));
  }
}

test('what was written down is what is remembered, however it came about', () => {
  const step = fc.tuple(
    fc.constantFrom('add', 'add', 'add', 'set', 'delete', 'write', 'restart'),
    fc.constantFrom('a', 'b', 'c'),
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 200 }), (steps) => {
      const diary = new Diary();
      const expected = new Map<string, readonly Json[]>();
      for (const [at, [what, key]] of steps.entries()) {
        if (what === 'add') {
          diary.add(key, at);
          expected.set(key, [...(expected.get(key) ?? []), at]);
        } else if (what === 'set') {
          diary.memory.set(key, [at]);
          expected.set(key, [at]);
        } else if (what === 'delete') {
          diary.memory.delete(key);
          expected.delete(key);
        } else {
          diary.write();
          if (what === 'restart') diary.restart();
        }
        assert.deepEqual(sorted(diary.memory.entries()), sorted(expected));
      }
    }),
    { seed: 6, numRuns: 100 },
  );
});

function sorted(entries: Iterable<readonly [string, Json]>): readonly (readonly [string, Json])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

test('an addition is all that is written of a long value, and now and then the whole of it', () => {
  const diary = new Diary();
  let whole = 0;
  for (let at = 0; at < 170; at += 1) {
    diary.add('a', at);
    const taken = diary.memory.take();
    whole += taken.whole.length;
    applyChanges([['r/', taken.whole, taken.added]], diary.rows);
  }
  assert.equal(whole, 10);
  assert.ok((diary.rows.get('r/a')?.length ?? 0) <= 17);
});

test('the keys that were changed least recently go first', () => {
  const gone: string[] = [];
  const memory = new Memory<number>({ evicted: (key) => gone.push(key) });
  for (let at = 0; at < keysMax; at += 1) memory.set(`k${at}`, at);
  for (const key of ['k0', 'k2']) memory.set(key, 1);
  memory.touch('k4');
  memory.delete('k5');
  memory.set('new', 0);
  assert.deepEqual(gone, []);
  memory.set('one too many', 0);
  assert.deepEqual(gone.slice(0, 4), ['k1', 'k3', 'k6', 'k7']);
  assert.equal(memory.takeEvictions(), gone.length);
  assert.equal(memory.get('k1'), undefined);
  assert.deepEqual(
    ['k0', 'k2', 'k4', 'new', 'one too many'].map((key) => memory.get(key) !== undefined),
    [true, true, true, true, true],
  );
});

test('numbers come in the order of their last touch', () => {
  const step = fc.tuple(fc.constantFrom('touch', 'remove'), fc.integer({ min: 1, max: 40 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const recency = new Recency();
      const expected = new Set<number>();
      for (const [what, number] of steps) {
        const known = expected.delete(number);
        if (what === 'remove' && known) recency.remove(number);
        if (what === 'remove') continue;
        if (known) recency.touch(number);
        else recency.add(number);
        expected.add(number);
      }
      for (const number of expected) {
        assert.equal(recency.oldest(), number);
        recency.remove(number);
      }
      assert.equal(recency.oldest(), 0);
    }),
    { seed: 6, numRuns: 200 },
  );
});
