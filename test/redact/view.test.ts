import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alertAction } from '../../src/core/action.ts';
import { withViews, type SafeEvent } from '../../src/core/event.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { eventLogUrl } from '../../src/render/links.ts';
import { titleOf } from '../../src/render/message.ts';
import { quote, eventTitle } from '../../src/rules/over-time/title.ts';
import { renderAll } from '../fuzz/targets.ts';
import { safeEvent } from '../support/events.ts';
import { hostileEvent } from '../support/hostile-events.ts';
import { assertGone, planted } from './planted.ts';
import { allow, byA, viewOf } from './views.ts';

const everything = viewOf();

for (const [what, view] of [
  ['pseudonyms', everything],
  ['pseudonyms of networks', viewOf({ addressKind: 'network' })],
  ['an allow-list', viewOf({ name: 'hidden', mail: 'hidden', address: 'hidden', select: allow('context', 'http') })],
  [
    'a deny-list',
    viewOf({ mail: 'hidden', select: { allow: undefined, deny: [['user', 'email']], context: ['own'] } }),
  ],
] as const) {
  test(`no planted value is in any output: ${what}`, () => {
    fc.assert(
      fc.property(planted, ({ event, values }) => {
        const seen = view.apply(event);
        assertGone([...renderAll(seen), ['the event', JSON.stringify(seen)]], values);
      }),
      { seed: 11, numRuns: 120 },
    );
  });
}

test('the test above finds what is not replaced', () => {
  const [first] = fc.sample(planted, { seed: 11, numRuns: 1 });
  assert.ok(first !== undefined);
  assert.throws(() => assertGone(renderAll(first.event), first.values), /is in/);
});

test('viewing twice is viewing once, and an event without anybody stays what it is', () => {
  fc.assert(
    fc.property(planted, ({ event }) => {
      const seen = everything.apply(event);
      assert.equal(everything.apply(seen), seen);
    }),
    { seed: 4, numRuns: 50 },
  );
  const nobody = safeEvent({ action: 'update_available', context: { message: 'New version 2026.8.1 available!' } });
  assert.equal(everything.apply(nobody), nobody);
});

test("herald's own events show no names: keys, values, counts and quoted titles", () => {
  const last = safeEvent({
    action: 'login_failed',
    user: { username: 'AnonymousUser' },
    client_ip: '203.0.113.9',
    context: { username: 'jo' },
  });
  const title = quote(eventTitle(last));
  assert.deepEqual(title, { title: titleOf(last), names: ['jo'], fields: ['username'] });
  const alert = safeEvent({
    action: alertAction,
    user: { username: 'grace.hopper' },
    client_ip: '203.0.113.9',
    context: {
      rule: 'spray',
      kind: 'window',
      count: 3,
      by: { client_ip: '203.0.113.9', 'user.username': 'grace.hopper' },
      distinct: 'context.username',
      values: ['jo', 'admin', 'edith.clarke'],
      top: {
        'user.username': [
          { value: 'jo', count: 2 },
          { value: '(others)', count: 1 },
        ],
      },
      steps: [{ at: 'x', ...title }],
      last_event: { id: '1', ...title },
    },
  });
  const seen = everything.apply(alert);
  const text = JSON.stringify(seen);
  for (const value of ['"jo"', ' jo ', 'admin', 'edith', 'grace', '203.0.113.9'])
    assert.ok(!text.includes(value), value);
  const { last_event: quoted } = seen.context as { readonly last_event?: { readonly title: string } };
  assert.equal(quoted?.title, `Failed login for ${byA.of('person', 'jo')} from ${byA.of('address', '203.0.113.9')}`);
  const older = everything.apply(safeEvent({ action: alertAction, context: { last_event: { title: titleOf(last) } } }));
  assert.deepEqual(older.context, { last_event: { title: '[hidden]' } }, 'names that nobody wrote down are not shown');
});

test('a link does not look for a pseudonym, of which authentik knows nothing', () => {
  const event = safeEvent({ user: { username: 'ada', pk: 6 }, client_ip: '203.0.113.9' });
  const search = (seen: SafeEvent): string =>
    decodeURIComponent(eventLogUrl(seen, 'https://a.example')).split(';')[1] ?? '';
  assert.equal(search(event), '{"search":"ada"}');
  assert.equal(search(everything.apply(event)), '{"search":"login"}');
  assert.equal(search(viewOf({ name: 'hidden', address: 'network' }).apply(event)), '{"search":"login"}');
});

test('never throws, and shows no more than JSON, whatever an event holds', () => {
  const views = [
    everything,
    viewOf({ name: 'hidden', address: 'network', values: [['message'], ['http_request', 'path']] }),
    viewOf({ select: allow('user', 'context.http_request.args', 'context.diff') }),
    viewOf({
      select: {
        allow: undefined,
        deny: [
          ['context', 'geo'],
          ['user', 'email'],
        ],
        context: ['__proto__'],
      },
    }),
  ];
  fc.assert(
    fc.property(hostileEvent, fc.constantFrom(...views), (event, view) => {
      const seen = view.apply(event);
      const { id, at } = seen;
      assert.deepEqual({ id, at }, { id: event.id, at: event.at });
      const again = JSON.stringify(seen);
      assert.deepEqual(
        JSON.parse(JSON.stringify(withViews(fromStored(again)))),
        JSON.parse(again),
        'its readings fit its context',
      );
    }),
    { seed: 6, numRuns: 300 },
  );
});
