import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSearch } from './search.ts';

test('finds what looking for one after the other finds', () => {
  const text = (options: fc.StringConstraints): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom('a', 'b', 'é'), size: 'max', ...options });
  let hits = 0;
  fc.assert(
    fc.property(
      fc.uniqueArray(text({ minLength: 4, maxLength: 7 }), { maxLength: 12 }),
      text({ maxLength: 120 }),
      (needles, haystack) => {
        const wanted = needles.filter((needle) => haystack.includes(needle));
        hits += wanted.length;
        assert.deepEqual([...createSearch(needles)(haystack)].sort(), wanted.sort());
      },
    ),
    { seed: 9, numRuns: 500 },
  );
  assert.ok(hits > 100, `${hits} hits`);
});

test('a needle that is too short is a mistake', () => {
  assert.throws(() => createSearch(['abc']), RangeError);
});
