import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ItemResult, SendResult } from '../../src/core/delivery.ts';
import { createItem, joinItems, writeItem, type Item } from '../../src/destinations/item.ts';
import { pack, type Packed } from '../../src/destinations/batch/pack.ts';
import { createScratch } from '../../src/destinations/batch/scratch.ts';
import { renderMessage } from '../../src/render/message.ts';
import { leased } from '../support/leased.ts';

const limits = { items: 8, bytes: 1000, itemBytes: 400 };

/** Packs deliveries whose items have these sizes, whatever is shortened. */
function packed(sizes: readonly number[]): Packed<Item> {
  const batch = sizes.map((_, at) => leased(at));
  const sizeOf = new Map(batch.map(({ key }, at) => [key, sizes[at] ?? 0]));
  return pack(batch, { limits, item: ({ key }) => createItem(['x'.repeat(sizeOf.get(key) ?? 0)]) });
}

function statusesOf(result: SendResult, count: number): readonly ItemResult['status'][] {
  return result.status === 'partial'
    ? result.items.map(({ status }) => status)
    : Array.from({ length: count }, () => result.status);
}

const sizes = fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 30 });

test('whatever the sizes: a request keeps its limits, each delivery has one fate, and the first is never left', () => {
  fc.assert(
    fc.property(sizes, (all) => {
      const { items, spread } = packed(all);
      const body = writeItem(joinItems(items, '[', ',', ']'));
      assert.ok(body.length <= limits.bytes + 2 && items.length <= limits.items);
      const fates = statusesOf(spread({ status: 'delivered' }), all.length);
      assert.equal(fates.length, all.length);
      assert.notEqual(fates[0], 'unsent');
      assert.equal(fates.filter((fate) => fate === 'delivered').length, items.length);
      const end = fates.indexOf('unsent');
      assert.ok(end < 0 || fates.slice(end).every((fate) => fate === 'unsent'), 'nothing overtakes');
      for (const [at, fate] of fates.entries()) {
        if (fate !== 'unsent') assert.equal(fate, (all[at] ?? 0) > limits.itemBytes ? 'rejected' : 'delivered');
      }
    }),
    { seed: 20_260_115, numRuns: 500 },
  );
});

test('a refused request is tried again as a whole, or searched for the one that is wrong', () => {
  const { spread } = packed([100, 100, 500, 100]);
  const retry: SendResult = { status: 'retry', reason: 'throttled', afterMs: 5 };
  const rejected: SendResult = { status: 'rejected', reason: 'invalid' };
  assert.equal(spread(retry), retry);
  assert.equal(spread(rejected), rejected);
});

test('a refused request of one is that one', () => {
  const { items, spread } = pack([leased(1), leased(2)], {
    limits: { ...limits, items: 1 },
    item: () => createItem(['x']),
  });
  assert.equal(items.length, 1);
  assert.deepEqual(statusesOf(spread({ status: 'rejected', reason: 'invalid' }), 2), ['rejected', 'unsent']);
});

test('results of items find their deliveries, and what is odd is not lost', () => {
  const { items, spread } = packed([500, 300, 300, 300, 300]);
  assert.equal(items.length, 3);
  const busy = { status: 'retry', reason: 'throttled' } as const;
  const result = spread({
    status: 'partial',
    items: [{ status: 'delivered' }, busy, { status: 'delivered' }],
    detail: 'odd',
  });
  assert.ok(result.status === 'partial' && result.detail === 'odd');
  assert.deepEqual(statusesOf(result, 5), ['rejected', 'delivered', 'retry', 'delivered', 'unsent']);
  const taken = spread({ status: 'delivered', detail: 'one refused' });
  assert.ok(taken.status === 'partial' && taken.detail === 'one refused');
});

test('items are joined byte by byte', () => {
  const items = [createItem(['ä', Buffer.from('\u{1f600}')]), createItem(['x'])];
  assert.deepEqual(
    items.map(({ bytes }) => bytes),
    [6, 1],
  );
  assert.equal(writeItem(joinItems(items, '[', ',', ']')).toString(), '[ä\u{1f600},x]');
  assert.equal(writeItem(joinItems([], '[', ',', ']')).toString(), '[]');
});

test('an item is as long as it says, however its texts are long, and nothing is copied to join items', () => {
  for (const length of [0, 1, 255, 256, 257, 5000]) {
    const item = createItem(['ä'.repeat(length), 'b'.repeat(length), Buffer.from('c')]);
    const joined = joinItems([item, item], 'ö', '\u{1f600}', 'ü');
    const text = `${'ä'.repeat(length)}${'b'.repeat(length)}c`;
    assert.equal(item.bytes, length * 3 + 1);
    assert.equal(writeItem(joined).toString(), `ö${text}\u{1f600}${text}ü`);
    assert.equal(joined.bytes, writeItem(joined).length);
    assert.equal(joined.pieces[3], item.pieces[2]);
  }
});

test('memory is used again by the next who is content with it, never by two at once', () => {
  const scratch = createScratch();
  const [one, two] = [scratch.take(10), scratch.take(10)];
  assert.ok(one.length >= 10 && two.length >= 10 && one.buffer !== two.buffer);
  scratch.giveBack(one.subarray(0, 5));
  const again = scratch.take(one.length);
  assert.equal(again.buffer, one.buffer);
  scratch.giveBack(two);
  assert.ok(scratch.take(two.length + 1).length > two.length);
  const whole = writeItem(createItem(['x'.repeat(1000)]), (bytes) => scratch.take(bytes));
  assert.equal(whole.toString(), 'x'.repeat(1000));
});

test('an event that loses all its entries has no exception that names nothing', () => {
  const many = Object.fromEntries(
    Array.from({ length: 8 }, (_, at) => [`k${at}`, { a: 'x'.repeat(60), b: {}, c: [] }]),
  );
  const exception = [{ type: 'ValueError', value: 'no' }];
  const event = { ...leased(1).event, action: 'system_exception', context: { exception: [{}], ...many }, exception };
  for (let itemBytes = 300; itemBytes < 1500; itemBytes += 10) {
    const encoding = { limits: { bytes: 1e6, itemBytes } };
    const { items } = pack([{ ...leased(1), event }], {
      ...encoding,
      item: (delivery) =>
        createItem([
          renderMessage(delivery.event, { rule: '', severity: 'notice', authentikUrl: undefined }).title,
          JSON.stringify(delivery.event),
        ]),
    });
    assert.doesNotMatch(writeItem(joinItems(items)).toString(), /"exception":\[\{\}\]\}$/);
  }
});
