import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../../src/core/json.ts';
import { jsonText } from '../../../src/render/formats/json-text.ts';
import { shorten, shortenBy, shortenedMark } from '../../../src/render/formats/shorten.ts';
import { hostileText } from '../../support/hostile-events.ts';

const bytes = (document: JsonObject): number => Buffer.byteLength(jsonText(document));

test('what fits stays as it is', () => {
  const document = { a: 'x'.repeat(500) };
  assert.equal(shorten(document, bytes(document)), document);
});

test('the longest texts are cut first, to one length, and marked', () => {
  const document = { name: 'ada', body: 'b'.repeat(10_000), list: [{ trace: 't'.repeat(3000) }, 's'.repeat(200)] };
  const short = shorten(document, 2000);
  assert.ok(short !== undefined);
  assert.ok(bytes(short) <= 2000 && bytes(short) > 1990);
  const { name, body, list } = short as typeof document;
  assert.equal(name, 'ada');
  assert.ok(body.endsWith(shortenedMark));
  const [first, second] = list as [{ trace: string }, string];
  assert.equal(first.trace.length, body.length);
  assert.equal(second, 's'.repeat(200));
});

test('where short texts are too many, lists and mappings lose their ends', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`key${at}`, 'x'.repeat(60)]));
  const document = { id: 'a', user: { username: 'ada', pk: 6 }, context: { username: 'ada', deep: many } };
  const short = shorten(document, 1000);
  assert.ok(short !== undefined && bytes(short) <= 1000);
  assert.deepEqual(short['user'], document.user);
  assert.deepEqual(short['context'], { username: 'ada', deep: Object.fromEntries(Object.entries(many).slice(0, 8)) });
});

test('long keys inside are cut where entries are left out, and stay apart', () => {
  const names = Array.from({ length: 9 }, (_, at) => `${'n'.repeat(4000)}${at}`);
  const context = Object.fromEntries(names.map((name) => [name, 'x']));
  const short = shorten({ id: 'a', context, diff: { [names[0] ?? '']: { new_value: 'y' } } }, 8192);
  assert.ok(short !== undefined && bytes(short) <= 8192);
  assert.equal(short['id'], 'a');
  const keys = Object.keys(short['context'] as JsonObject);
  assert.equal(keys.length, 9);
  for (const key of keys) assert.match(key, /^n+…\[shortened\]\d$/);
});

test('the keys of the document itself are not to be helped', () => {
  assert.equal(shorten({ ['k'.repeat(1000)]: 1 }, 500), undefined);
});

test('another measure than JSON', () => {
  const short = shortenBy({ a: 'x'.repeat(1000) }, 300, ({ a }) => a.length * 2);
  assert.equal(short?.a.length, 150);
});

test('any document fits afterwards and keeps its keys', () => {
  const document = fc.dictionary(
    fc.oneof(fc.constant('__proto__'), hostileText),
    fc.oneof(hostileText, fc.array(hostileText)),
    {
      maxKeys: 5,
    },
  );
  fc.assert(
    fc.property(document, fc.integer({ min: 100, max: 20_000 }), (made, bytesMax) => {
      const short = shorten(made, bytesMax);
      if (short === undefined) return;
      assert.ok(bytes(short) <= bytesMax);
      assert.deepEqual(Object.keys(short), Object.keys(made));
    }),
    { seed: 5, numRuns: 500 },
  );
});

test('a pair of surrogates is not torn', () => {
  for (let length = 150; length < 156; length += 1) {
    const text = shortenBy({ a: '🔑'.repeat(1000) }, length, bytes)?.a;
    assert.equal(text, text?.toWellFormed());
    assert.ok(text !== undefined);
  }
});

test('JSON text holds no lone surrogate, and backslashes before its letters stay', () => {
  assert.equal(jsonText({ a: '\ud800x\udfff', b: '\\ud800' }), '{"a":"\ufffdx\ufffd","b":"\\\\ud800"}');
  assert.equal(jsonText('\\\ud800'), '"\\\\\ufffd"');
});
