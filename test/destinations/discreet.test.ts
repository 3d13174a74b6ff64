import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SendResult } from '../../src/core/delivery.ts';
import { discreet } from '../../src/destinations/discreet.ts';
import { describeReply } from '../../src/net/classify.ts';
import { eventOf } from '../support/leased.ts';

const batch = [eventOf(1, { user: { username: 'ada.lovelace' } }), eventOf(2, { user: { username: 'grace.hopper' } })];

async function told(result: SendResult, sent = batch): Promise<SendResult> {
  const destination = discreet({ send: () => Promise.resolve(result), close: () => Promise.resolve() });
  return destination.send(sent, new AbortController().signal);
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

describe('a name is found in what herald made of its letters for people', () => {
  for (const [name, quoted = name] of [
    ['аda.lovelace'],
    ['аda.lovelace', 'АDA.LOVELACE'],
    ['Аda.Lovelace', 'аda.lovelace'],
    ['ada\u200blovelace'],
    ['ג\u200eדוד.כהן'],
    ['lovelace\u0007x'],
    ['ᗅda.lovelace'],
    ['👤\u200dada.x'],
    ['ada\tlovelace\u2028x'],
    ['аda.lovelace', 'аda.love...'],
  ] as const) {
    test(`${JSON.stringify(name)} as ${JSON.stringify(quoted)}`, async () => {
      const body = `value '${quoted}' is not allowed`;
      const detail = describeReply({ kind: 'reply', status: 400, headers: {}, body });
      const result = await told({ status: 'delivered', detail }, [eventOf(1, { user: { username: name } })]);
      const dots = quoted.endsWith('...') ? '...' : '';
      assert.deepEqual(result, { status: 'delivered', detail: `HTTP 400: value '[hidden]${dots}' is not allowed` });
    });
  }
});
