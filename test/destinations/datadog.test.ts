import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import { get, isObject } from '../../src/core/json.ts';
import { datadog } from '../../src/destinations/datadog/datadog.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { eventOf } from '../support/leased.ts';
import { createDatadog, type Datadog } from '../support/receivers/datadog.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import { played, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';

const apiKey = '3f9c0e7a1b5d4826a7c9e0f1d2b3a4c5';
const { signal } = new AbortController();
const nowMs = Date.now();
let receiver: HttpReceiver;
let service: Datadog;
let destination: Destination | undefined;

beforeEach(async () => {
  receiver = await startHttpReceiver();
  service = createDatadog(apiKey);
  receiver.script(played(service.standIn));
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await receiver.close();
});

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  destination ??= createDestination(datadog, { url: receiver.url, api_key: apiKey, ...options });
  return destination.send(batch, signal);
}

test('a log has the reserved and the standard attributes, and the whole event', async () => {
  const delivery = eventOf(1, {
    at: nowMs,
    context: {
      username: 'ada.lovelace',
      geo: { city: 'Berlin', country: 'DE', continent: 'EU' },
      http_request: { method: 'POST', path: '/api/v3/flows/', user_agent: 'Firefox', request_id: 'r1' },
    },
  });
  assert.deepEqual(await send({ tags: ['env:production', 'team:iam'], hostname: 'auth' }, delivery), {
    status: 'delivered',
  });
  const { authentik, message, ...log } = service.logs[0] ?? {};
  assert.deepEqual(log, {
    ddsource: 'authentik',
    ddtags: 'env:production,team:iam',
    hostname: 'auth',
    service: 'authentik',
    timestamp: nowMs,
    status: 'warning',
    delivery_key: delivery.key,
    rule: 'failed logins',
    evt: { name: 'login_failed', outcome: 'failure', id: delivery.event.id },
    usr: { id: '6', name: 'ada.lovelace', email: 'ada.lovelace@example.com' },
    network: {
      client: {
        ip: '203.0.113.7',
        geoip: { city: { name: 'Berlin' }, country: { iso_code: 'DE' }, continent: { code: 'EU' } },
      },
    },
    http: { method: 'POST', url: '/api/v3/flows/', useragent: 'Firefox', request_id: 'r1' },
  });
  assert.ok(typeof message === 'string' && message.includes('ada.lovelace'));
  assert.ok(isObject(authentik));
  assert.equal(get(authentik, 'at'), nowMs);
});

describe('an event older than 18 hours', () => {
  const late = eventOf(1, { at: nowMs - 19 * 3_600_000 });

  test('gets the present as its time, and keeps its own', async () => {
    assert.deepEqual(await send({}, late), { status: 'delivered' });
    assert.equal(service.dropped.length, 0);
    const [log] = service.logs;
    assert.ok(Math.abs(Number(log?.['timestamp']) - Date.now()) < 60_000);
    assert.equal(JSON.stringify(log).includes(`"at":${late.at}`), true);
  });

  test('is given up alone, if that is wanted', async () => {
    const result = await send({ late_events: 'dead_letter' }, late, eventOf(2, { at: nowMs }));
    assert.deepEqual(result, {
      status: 'partial',
      items: [
        { status: 'rejected', reason: 'expired', detail: '19 h old, Datadog takes 18 h' },
        { status: 'delivered' },
      ],
    });
    assert.equal(service.logs.length, 1);
  });
});

test('a log of more than 1 MB is shortened, not cut by Datadog', async () => {
  await send({}, eventOf(1, { at: nowMs, context: { message: 'x'.repeat(2_000_000) } }));
  assert.equal(service.dropped.length, 0);
  assert.match(JSON.stringify(service.logs[0]), /…\[shortened\]/);
});

test('more than 5 MB go out in more than one request', async () => {
  const batch = Array.from({ length: 7 }, (_, at) => eventOf(at, { at: nowMs, context: { big: 'x'.repeat(900_000) } }));
  const result = await send({}, ...batch);
  assert.ok(result.status === 'partial');
  assert.deepEqual(
    result.items.map(({ status }) => status),
    ['delivered', 'delivered', 'delivered', 'delivered', 'delivered', 'unsent', 'unsent'],
  );
});

test('more than 1,000 events go out in more than one request, whatever `batch` says', async () => {
  const result = await send({}, ...Array.from({ length: 1200 }, (_, at) => eventOf(at, { at: nowMs })));
  assert.ok(result.status === 'partial');
  assert.equal(result.items.filter(({ status }) => status === 'delivered').length, 1000);
  assert.equal(service.logs.length, 1000);
});

test('a wrong key is held', async () => {
  const result = await send({ api_key: 'other' }, eventOf(1, { at: nowMs }));
  assert.ok(result.status === 'retry' && result.reason === 'unauthorized' && result.afterMs === 120_000);
  assert.match(result.detail ?? '', /Forbidden/);
});

test('options that cannot be are refused', () => {
  assert.deepEqual(problemsOf(datadog, { api_key: apiKey, headers: { 'DD-API-KEY': 'x' } }), [
    'headers.DD-API-KEY: set by herald itself',
  ]);
});
