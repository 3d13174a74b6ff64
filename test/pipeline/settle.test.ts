import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendResult } from '../../src/core/delivery.ts';
import { settle } from '../../src/pipeline/settle.ts';
import { leased } from '../support/leased.ts';

const context = { retry: { baseMs: 1000, maxMs: 60_000, maxAgeMs: undefined }, nowMs: 5000, random: () => 1 };
const batch = [leased(1), leased(2), leased(3)];

test('delivered settles all', () => {
  const verdict = settle({ status: 'delivered' }, batch, context);
  assert.deepEqual(
    verdict.settlements,
    [1, 2, 3].map((seq) => ({ seq, state: 'delivered' })),
  );
  assert.equal(verdict.failure, undefined);
});

test('retry gives the whole batch one due time, so that the queue keeps its order', () => {
  const verdict = settle({ status: 'retry', reason: 'unavailable', detail: 'HTTP 503' }, batch, context);
  assert.deepEqual(
    verdict.settlements,
    [1, 2, 3].map((seq) => ({ seq, state: 'retry', dueAt: 6000, reason: 'unavailable', detail: 'HTTP 503' })),
  );
  assert.equal(verdict.failure?.retried, true);
});

test('Retry-After moves the due time', () => {
  const verdict = settle({ status: 'retry', reason: 'throttled', afterMs: 30_000 }, batch, context);
  assert.deepEqual(
    verdict.settlements.map((item) => item.state === 'retry' && item.dueAt),
    [38_000, 38_000, 38_000],
  );
  assert.equal(verdict.digest, true);
});

for (const result of [
  { status: 'retry', reason: 'too_large', split: true },
  { status: 'rejected', reason: 'invalid' },
  { status: 'rejected', reason: 'too_large' },
] as const satisfies readonly SendResult[]) {
  test(`a batch refused as a whole (${result.status} ${result.reason}) is tried again smaller, a single one is not`, () => {
    const whole = settle(result, batch, context);
    assert.equal(whole.shrink, true);
    assert.deepEqual(whole.settlements, []);
    const single = settle(result, batch.slice(0, 1), context);
    assert.equal(single.shrink, false);
    assert.equal(single.settlements.length, 1);
  });
}

test('rejected for a reason that is not the content gives the batch up with its reason', () => {
  const verdict = settle({ status: 'rejected', reason: 'not_found', detail: 'HTTP 404' }, batch, context);
  assert.equal(verdict.dead, 3);
  assert.deepEqual(verdict.settlements[0], { seq: 1, state: 'dead', reason: 'not_found', detail: 'HTTP 404' });
});

test('partial settles each item by itself', () => {
  const items = [
    { status: 'delivered' },
    { status: 'rejected', reason: 'invalid', detail: 'mapping' },
    { status: 'retry', reason: 'throttled' },
  ] as const;
  const verdict = settle({ status: 'partial', items }, batch, context);
  assert.deepEqual(verdict.settlements, [
    { seq: 1, state: 'delivered' },
    { seq: 2, state: 'dead', reason: 'invalid', detail: 'mapping' },
    { seq: 3, state: 'retry', dueAt: 6000, reason: 'throttled' },
  ]);
  assert.equal(verdict.dead, 1);
});

test('an item that was not sent stays due as it is, and is no failure', () => {
  const verdict = settle(
    { status: 'partial', items: [{ status: 'delivered' }, { status: 'unsent' }] },
    batch.slice(0, 2),
    context,
  );
  assert.deepEqual(verdict.settlements, [{ seq: 1, state: 'delivered' }]);
  assert.equal(verdict.failure, undefined);
});

test('what is tried again of a partial batch has one due time, so that it goes out together', () => {
  const throttled = { status: 'retry', reason: 'throttled' } as const;
  let random = 0;
  const jitter = { ...context, random: () => (random += 0.2) };
  const { settlements } = settle(
    { status: 'partial', items: [throttled, { status: 'delivered' }, throttled] },
    batch,
    jitter,
  );
  const dueAts = settlements.flatMap((item) => (item.state === 'retry' ? [item.dueAt] : []));
  assert.equal(dueAts.length, 2);
  assert.equal(new Set(dueAts).size, 1);
});

test('an item that a partial result forgot is tried again, never lost', () => {
  const verdict = settle({ status: 'partial', items: [{ status: 'delivered' }] }, batch, context);
  assert.deepEqual(
    verdict.settlements.map(({ state }) => state),
    ['delivered', 'retry', 'retry'],
  );
});
