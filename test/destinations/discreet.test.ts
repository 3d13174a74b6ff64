import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendResult } from '../../src/core/delivery.ts';
import { discreet } from '../../src/destinations/discreet.ts';
import { eventOf } from '../support/leased.ts';

const batch = [eventOf(1, { user: { username: 'ada.lovelace' } }), eventOf(2, { user: { username: 'grace.hopper' } })];

async function told(result: SendResult): Promise<SendResult> {
  const destination = discreet({ send: () => Promise.resolve(result), close: () => Promise.resolve() });
  return destination.send(batch, new AbortController().signal);
}

test('details of every result quote nothing of the batch', async () => {
  const detail = 'HTTP 400: no grace.hopper';
  const clean = 'HTTP 400: no [hidden]';
  const reason = 'invalid';
  assert.deepEqual(await told({ status: 'delivered', detail }), { status: 'delivered', detail: clean });
  assert.deepEqual(await told({ status: 'rejected', reason, detail }), { status: 'rejected', reason, detail: clean });
  const retry = { status: 'retry', reason, afterMs: 5, split: true } as const;
  assert.deepEqual(await told({ ...retry, detail }), { ...retry, detail: clean });
});

test('details of items quote nothing of their own', async () => {
  const items = [
    { status: 'retry', reason: 'invalid', detail: 'ada.lovelace is wrong' },
    { status: 'rejected', reason: 'invalid', detail: 'grace.hopper is wrong' },
  ] as const;
  assert.deepEqual(await told({ status: 'partial', items, detail: '1 of 2, grace.hopper' }), {
    status: 'partial',
    items: items.map((item) => ({ ...item, detail: '[hidden] is wrong' })),
    detail: '1 of 2, [hidden]',
  });
});

test('what has no detail is passed on as it is', async () => {
  for (const result of [{ status: 'delivered' }, { status: 'retry', reason: 'timeout' }] as const)
    assert.equal(await told(result), result);
});
