import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withViews, type Event } from '../../src/core/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createRedactor } from '../../src/redact/redactor.ts';
import { lookupCounter } from './lookups.ts';

const redactor = createRedactor({ keys: [], patterns: [], emailBodies: 'drop' });

function event(context: JsonObject): Event {
  return withViews({ id: 'e'.repeat(32), at: 1, action: 'login', user: {}, context, origin: {} });
}

test('what is nested deeper than anything authentik writes becomes a mark', () => {
  let deep: JsonObject = { pin: 'x1' };
  for (let i = 0; i < 50_000; i++) deep = { a: deep };
  const { event: safe, counts } = redactor.redact(event(deep));
  assert.match(JSON.stringify(safe.context), /"\[redacted:depth\]"/);
  assert.equal(counts.get('depth'), 1);
});

test('texts too long to look through are cut', () => {
  const long = `${'a '.repeat(200_000)} token=abc`;
  const { event: safe, counts } = redactor.redact(
    event({ long, many: Array.from({ length: 40 }, () => 'b '.repeat(10_000)) }),
  );
  const text = safe.context['long'];
  assert.ok(typeof text === 'string' && text.length < 300_000 && text.endsWith('[redacted:length]'));
  assert.ok(!JSON.stringify(safe).includes('token=abc'));
  assert.ok((counts.get('length') ?? 0) > 1);
  assert.equal(redactor.redact(safe).event, safe);
});

test('keys too long to look through take their object along', () => {
  const keys = Array.from({ length: 30 }, (_, i) => [`${i} ${'k '.repeat(20_000)}`, i] as const);
  const { event: safe } = redactor.redact(event({ a: Object.fromEntries(keys), b: { c: 1 } }));
  assert.deepEqual(safe.context, { a: '[redacted:length]', b: { c: 1 } });
  assert.deepEqual(redactor.redact(event(Object.fromEntries(keys))).event.context, {});
});

test('what is left of a text that held a secret is looked through once', () => {
  const counted = lookupCounter(true);
  const lookups = (state: string): number => {
    const { asked, redacted } = counted(`/authorize/?client_id=wiki&redirect_uri=https%3A%2F%2Fwiki&state=${state}`);
    assert.equal(redacted, '/authorize/?client_id=wiki&redirect_uri=https%3A%2F%2Fwiki&state=[redacted:query]');
    return asked;
  };
  const first = lookups('q7Yc2LkP0vWn');
  assert.equal(lookups('Zt5mB8sXeA2d'), first / 2);
});
