import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import { messageOf } from '../../src/destinations/chat.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { pagerduty } from '../../src/destinations/pagerduty.ts';
import { pagerDutyEvent } from '../../src/destinations/pagerduty-event.ts';
import { attack, delivery, strains } from '../support/notifications.ts';
import { createDestination, type Written } from '../support/receivers/destination.ts';
import { answer, played, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { pagerDutyStandIn } from '../support/receivers/pagerduty.ts';

const key = '4f6a0c1e8b2d4f7390a1c5e7b9d3f208';
const authentikUrl = 'https://auth.example.com';
const { signal } = new AbortController();
let alerts: Map<string, object[]>;
let receiver: HttpReceiver;
let destination: Destination | undefined;

beforeEach(async () => {
  alerts = new Map();
  receiver = await startHttpReceiver();
  receiver.script(played(pagerDutyStandIn(key, alerts)));
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await receiver.close();
});

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  const url = `${receiver.url}/v2/enqueue`;
  destination ??= createDestination(pagerduty, { url, routing_key: key, ...options });
  return destination.send(batch, signal);
}

test('an alert has everything that PagerDuty shows', async () => {
  const facts = { client_ip: '203.0.113.7', request_id: 'ab12' };
  assert.deepEqual(await send({}, delivery(facts, { severity: 'alert' })), { status: 'delivered' });
  assert.deepEqual(
    [...alerts],
    [
      [
        '0123456789abcdef0123456789abcdef.1b2c3d4e',
        [
          {
            routing_key: key,
            event_action: 'trigger',
            dedup_key: '0123456789abcdef0123456789abcdef.1b2c3d4e',
            client: 'authentik',
            client_url: authentikUrl,
            payload: {
              summary: 'Failed login for ada.lovelace from 203.0.113.7',
              source: 'auth.example.com',
              severity: 'critical',
              timestamp: '2026-01-15T09:03:48Z',
              component: 'authentik',
              group: 'failed logins',
              class: 'login_failed',
              custom_details: {
                Summary: 'The sign-in was not accepted.',
                User: 'ada.lovelace (ada.lovelace@example.com)',
                Address: '203.0.113.7',
                Rule: 'failed logins',
                Event: '0123456789abcdef0123456789abcdef',
              },
            },
            links: [
              {
                href: `${authentikUrl}/if/admin/#/events/log;%7B%22search%22%3A%22ab12%22%7D`,
                text: 'Event log',
              },
              { href: `${authentikUrl}/if/admin/#/identity/users/6`, text: 'User' },
            ],
          },
        ],
      ],
    ],
  );
});

test('one that comes twice is one alert', async () => {
  await send({}, delivery());
  await send({}, delivery());
  assert.equal(alerts.size, 1);
});

test('dedup: rule makes one alert of a flood, and of a digest of it', async () => {
  const flood = Array.from({ length: 5 }, (_, at) => delivery({ id: String(at).padStart(32, '0') }));
  for (const one of flood) await send({ dedup: 'rule' }, one);
  await send({ dedup: 'rule' }, ...flood);
  assert.deepEqual([...alerts.keys()], ['rule.1b2c3d4e']);
  const other = delivery({}, { key: `${'0'.repeat(32)}.ffffffff` });
  await send({ dedup: 'rule' }, ...flood, other);
  assert.equal(alerts.size, 2);
});

test('severities are those of PagerDuty', async () => {
  for (const [severity, expected] of [
    ['notice', 'info'],
    ['warning', 'warning'],
    ['alert', 'critical'],
  ] as const) {
    const one = delivery({}, { severity });
    assert.equal(
      pagerDutyEvent(messageOf([one], { authentikUrl }), [one], { dedup: 'event', authentikUrl }).payload.severity,
      expected,
    );
  }
});

test('without authentik_url there are no links, and a source all the same', () => {
  const one = delivery({ at: Number.MAX_SAFE_INTEGER });
  const event = pagerDutyEvent(messageOf([one], { authentikUrl: undefined }), [one], {
    dedup: 'event',
    authentikUrl: undefined,
  });
  assert.deepEqual([event.links, event.client_url, event.payload.source], [[], undefined, 'authentik']);
  assert.equal(event.payload.timestamp, undefined);
});

test('whatever an event holds is within the limits, and takes no link and no control character along', async () => {
  for (const { name, batch } of strains()) assert.deepEqual(await send({}, ...batch), { status: 'delivered' }, name);
  const one = delivery(attack('https://evil.example/\u0000\u202e'));
  const text = JSON.stringify(
    pagerDutyEvent(messageOf([one], { authentikUrl: undefined }), [one], { dedup: 'event', authentikUrl: undefined }),
  );
  assert.doesNotMatch(text, /https:\/\/evil|\\u0000|\u202e/);
});

test('custom details keep every field of a digest, also those of one name', () => {
  const batch = ['ada', 'eve', 'bob'].map((username) => delivery({ context: { username } }));
  const details = pagerDutyEvent(messageOf(batch, { authentikUrl: undefined }), batch, {
    dedup: 'event',
    authentikUrl: undefined,
  }).payload.custom_details;
  assert.deepEqual(Object.keys(details).slice(1, 4), ['1 ×', '1 × (2)', '1 × (3)']);
});

test('a key that PagerDuty does not know is held, and not shown', async () => {
  const wrong = 'f'.repeat(32);
  receiver.script(
    (response, _socket, { body }) => void response.writeHead(400).end(`Invalid routing key: ${body.toString()}`),
  );
  const result = await send({ routing_key: wrong }, delivery());
  assert.ok(result.status === 'retry' && result.reason === 'unauthorized' && result.afterMs === 120_000);
  assert.doesNotMatch(result.detail ?? '', new RegExp(wrong));
});

test('the stand-in refuses what PagerDuty refuses', async () => {
  receiver.script(played(pagerDutyStandIn('0'.repeat(32))), answer(202));
  const result = await send({}, delivery());
  assert.ok(result.status === 'retry' && result.reason === 'unauthorized', JSON.stringify(result));
  assert.match(result.detail ?? '', /Invalid routing key/);
});
