import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withViews, type Event, type EventUser } from '../../src/core/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createRedactor } from '../../src/redact/redactor.ts';

const redactor = createRedactor({ keys: [], patterns: [], emailBodies: 'drop' });

function event(action: string, context: JsonObject, user: EventUser = {}): Event {
  return withViews({ id: 'e'.repeat(32), at: 1, action, user, context, origin: {} });
}

const anonymous = { username: 'AnonymousUser', pk: 2, email: '', is_anonymous: true };
const request = { http_request: { request_id: 'a'.repeat(32) } };

for (const [name, context, user, expected] of [
  ['a name that no user has', { ...request, username: 'edith' }, anonymous, '[redacted:username]'],
  ['the name of a user', { ...request, username: 'ada' }, { username: 'ada', pk: 6 }, 'ada'],
  [
    'a name in an old version, where everybody is anonymous',
    { http_request: {}, username: 'edith' },
    anonymous,
    'edith',
  ],
  ['an address in an old version', { http_request: {}, username: 'ada.l@example.com' }, anonymous, 'ada.l@example.com'],
  [
    'what looks like a password in an old version',
    { http_request: {}, username: 'Summer2026!' },
    anonymous,
    '[redacted:username]',
  ],
  ['an empty name', { ...request, username: '' }, anonymous, ''],
] as const) {
  test(`login_failed: ${name}`, () => {
    const { event: safe } = redactor.redact(event('login_failed', context, user));
    assert.equal(safe.context['username'], expected);
    assert.deepEqual(safe.user, user);
  });
}

test('names of look-alikes are always unknown; they stay when the configuration says so', () => {
  const lookalike = event('invalid_identifier', { identifier: 'edith' });
  assert.equal(redactor.redact(lookalike).event.context['identifier'], '[redacted:username]');
  const keeping = createRedactor({ keys: [], patterns: [], emailBodies: 'drop', unknownUsernames: 'keep' });
  assert.equal(keeping.redact(lookalike).event.context['identifier'], 'edith');
});
