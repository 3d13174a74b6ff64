import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { retryWaitMs } from '../../src/core/backoff.ts';

const policy = { baseMs: 1000, maxMs: 300_000, maxAgeMs: undefined };

test('the ceiling doubles from the base to the maximum', () => {
  const ceilings = [1, 2, 3, 4, 9, 10, 50].map((attempt) => retryWaitMs(policy, attempt, undefined, () => 1));
  assert.deepEqual(ceilings, [1000, 2000, 4000, 8000, 256_000, 300_000, 300_000]);
});

test('a wait is never zero, so that a failing destination is not asked in a tight loop', () => {
  assert.equal(
    retryWaitMs(policy, 1, undefined, () => 0),
    1,
  );
});

test('what the service asks for is kept, plus at most a tenth', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 3_600_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, askedMs, random) => {
        const waitMs = retryWaitMs(policy, attempt, askedMs, () => random);
        assert.ok(waitMs >= askedMs);
        assert.ok(waitMs <= Math.max(policy.maxMs, Math.ceil(askedMs * 1.1) + 1));
      },
    ),
    { seed: 1 },
  );
});
