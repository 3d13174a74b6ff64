import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Severity } from '../../src/core/delivery.ts';
import { renderDigest } from '../../src/render/digest.ts';
import { event } from './events.ts';

function failed(username: string, at: number, severity: Severity = 'notice') {
  return {
    event: event({ at: Date.parse('2026-01-15T09:00:00Z') + at, client_ip: '203.0.113.7', context: { username } }),
    rule: 'failed logins',
    severity,
  };
}

test('counts, spans and the gravest severity', () => {
  const items = [
    ...Array.from({ length: 12 }, (_, at) => failed('ada', at * 1000)),
    failed('eve', 240_000, 'alert'),
    failed('bob', 1000, 'warning'),
  ];
  const digest = renderDigest(items, { authentikUrl: 'https://auth.example.com' });
  assert.equal(digest.title, '14 notifications within 4 min: Failed login for ada from 203.0.113.7 and others');
  assert.equal(
    digest.summary,
    'Sent as one message because the service asked for fewer. The first is of 2026-01-15T09:00:00Z, the last of 2026-01-15T09:04:00Z.',
  );
  assert.equal(digest.severity, 'alert');
  assert.deepEqual(
    digest.fields.map(({ name, value }) => `${name} ${value}`),
    [
      '12 × Failed login for ada from 203.0.113.7',
      '1 × Failed login for eve from 203.0.113.7',
      '1 × Failed login for bob from 203.0.113.7',
      'Users ada.lovelace (14)',
      'Addresses 203.0.113.7 (14)',
    ],
  );
  assert.equal(digest.rule, 'failed logins');
  assert.equal(digest.eventId, items[0]?.event.id);
});

test('says how many kinds are left out', () => {
  const items = Array.from({ length: 50 }, (_, at) => failed(`user-${at}`, at));
  const digest = renderDigest(items, {});
  assert.deepEqual(digest.fields.find(({ name }) => name === 'And')?.value, '42 more of 42 other kinds');
  assert.deepEqual(digest.links, []);
});

test('one item is a digest too', () => {
  assert.equal(renderDigest([failed('ada', 0)], {}).title, '1 notification: Failed login for ada from 203.0.113.7');
});
