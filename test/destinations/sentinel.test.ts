import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { columns } from '../../src/destinations/sentinel/columns.ts';
import { sentinel } from '../../src/destinations/sentinel/sentinel.ts';
import { FakeClock } from '../support/clock.ts';
import { eventOf, leased } from '../support/leased.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import { played, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { createSentinel, type EntraOptions, type Sentinel } from '../support/receivers/sentinel.ts';

const dcrId = 'dcr-0123456789abcdef0123456789abcdef';
const identity = { tenant_id: 'contoso.example', client_id: 'app-1', client_secret: 'Rk38Q~8vPq2.wLmN4tYb' };
const declared = new Map(columns.map(({ name, type }) => [name, type]));
const { signal } = new AbortController();
let clock: FakeClock;
let api: HttpReceiver;
let login: HttpReceiver;
let azure: Sentinel;
let destination: Destination | undefined;

beforeEach(async () => {
  clock = new FakeClock();
  [api, login] = await Promise.all([startHttpReceiver(), startHttpReceiver()]);
  use({});
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await Promise.all([api.close(), login.close()]);
});

function use(entra: Partial<EntraOptions>): void {
  azure = createSentinel(
    { dcrId, stream: 'Custom-Authentik_CL', columns: declared },
    { tenantId: 'contoso.example', clientId: 'app-1', clientSecret: identity.client_secret, ...entra },
  );
  api.script(played(azure.standIn));
  login.script(played((request) => azure.entra(request) ?? { status: 404 }));
}

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  const all = { url: api.url, authority: login.url, dcr_id: dcrId, ...identity, ...options };
  destination ??= createDestination(sentinel, all, { clock });
  return destination.send(batch, signal);
}

test('a row has the columns of the rule, and the whole event', async () => {
  const delivery = eventOf(1, {
    context: {
      username: 'ada.lovelace',
      geo: { country: 'DE', city: 'Berlin' },
      asn: { asn: 64_496, as_org: 'Example' },
      http_request: { method: 'POST', path: '/api/', user_agent: 'Firefox', request_id: 'r1' },
    },
    origin: { pod: 'server-1' },
  });
  assert.deepEqual(await send({}, delivery), { status: 'delivered' });
  const { Event, EventMessage, ...row } = azure.rows[0] ?? {};
  assert.deepEqual(row, {
    TimeGenerated: '2026-01-15T09:00:00.001Z',
    EventTime: '2026-01-15T09:00:00.001Z',
    DeliveryKey: delivery.key,
    EventId: delivery.event.id,
    Action: 'login_failed',
    EventResult: 'failure',
    AlertSeverity: 'warning',
    RuleName: 'failed logins',
    ActorUsername: 'ada.lovelace',
    ActorUserId: '6',
    ActorEmail: 'ada.lovelace@example.com',
    SrcIpAddr: '203.0.113.7',
    SrcGeoCountry: 'DE',
    SrcGeoCity: 'Berlin',
    SrcAsn: 64_496,
    SrcAsOrganization: 'Example',
    HttpRequestMethod: 'POST',
    UrlPath: '/api/',
    HttpUserAgent: 'Firefox',
    RequestId: 'r1',
    PodName: 'server-1',
    HeraldInstance: 'herald-0',
  });
  assert.ok(typeof EventMessage === 'string' && EventMessage.includes('ada.lovelace'));
  assert.deepEqual(Event, JSON.parse(JSON.stringify(delivery.event)));
});

test('no column has a name that Log Analytics keeps to itself, or one too long', () => {
  const reserved = ['id', 'type', 'title', 'tenantid', 'resource', 'resourceid', 'resourcename', 'resourcetype'];
  for (const { name } of columns) {
    assert.match(name, /^[A-Z][A-Za-z]{0,44}$/);
    assert.ok(!reserved.includes(name.toLowerCase()), name);
  }
  assert.equal(declared.size, columns.length);
});

describe('a token', () => {
  test('is fetched once and renewed before it expires', async () => {
    await send({}, leased(1));
    await send({}, leased(2));
    assert.equal(azure.tokens(), 1);
    await clock.advance(3599_000 - 299_000);
    assert.deepEqual(await send({}, leased(3)), { status: 'delivered' });
    assert.equal(azure.tokens(), 2);
  });

  test('that is about to expire serves while Entra is away', async () => {
    await send({}, leased(1));
    login.script(played(() => ({ status: 503 })));
    await clock.advance(3599_000 - 60_000);
    assert.deepEqual(await send({}, leased(2)), { status: 'delivered' });
    await clock.advance(61_000);
    const result = await send({}, leased(3));
    assert.ok(result.status === 'retry' && result.reason === 'unavailable', JSON.stringify(result));
  });

  test('that is not taken is not used again', async () => {
    await send({}, leased(1));
    azure.revoke();
    const result = await send({}, leased(2));
    assert.ok(result.status === 'retry' && result.reason === 'unauthorized');
    assert.deepEqual(await send({}, leased(2)), { status: 'delivered' });
    assert.equal(azure.tokens(), 2);
  });

  test('comes for the token of a workload identity, too', async () => {
    use({ clientAssertion: 'eyJhbGciOi.x.y' });
    const options = { client_secret: undefined, client_assertion: 'eyJhbGciOi.x.y' };
    assert.deepEqual(await send(options, leased(1)), { status: 'delivered' });
  });

  for (const [what, options, words] of [
    ['a wrong secret', { client_secret: 'wrong-secret-wrong' }, /invalid_client: AADSTS7000215: Invalid client secret/],
    ['an unknown application', { client_id: 'app-2' }, /unauthorized_client: AADSTS700016/],
    ['an unknown tenant', { tenant_id: 'other' }, /invalid_request: AADSTS90002/],
  ] as const) {
    test(`for ${what}: held, said in words, nothing sent, no secret told`, async () => {
      const result = await send(options, leased(1));
      assert.ok(result.status === 'retry' && result.reason === 'unauthorized' && result.afterMs === 120_000);
      assert.match(result.detail ?? '', words);
      assert.doesNotMatch(result.detail ?? '', /secret-wrong|Trace/);
      assert.equal(api.requests.length, 0);
    });
  }
});

for (const [what, options, reason, words] of [
  ['rule', { dcr_id: `dcr-${'f'.repeat(32)}` }, 'not_found', /not found/],
  ['stream', { stream: 'Custom-Other_CL' }, 'not_found', /InvalidStream/],
] as const) {
  test(`a wrong ${what} is held and said`, async () => {
    const result = await send(options, leased(1));
    assert.ok(result.status === 'retry' && result.reason === reason && result.afterMs === 120_000);
    assert.match(result.detail ?? '', words);
  });
}

test('no request has more than 1 MB, no row more than 64 kB', async () => {
  const batch = Array.from({ length: 40 }, (_, at) => eventOf(at, { context: { big: 'ü'.repeat(40_000) } }));
  const result = await send({}, ...batch);
  assert.ok(result.status === 'partial');
  const sent = result.items.filter(({ status }) => status === 'delivered').length;
  assert.ok(sent >= 15 && sent < 20 && azure.rows.length === sent, `${sent}`);
  assert.match(JSON.stringify(azure.rows[0]?.['Event']), /…\[shortened\]/);
});

test('options that cannot be are refused', () => {
  const options = { url: 'https://x.example', dcr_id: dcrId, tenant_id: 't', client_id: 'c' };
  assert.deepEqual(problemsOf(sentinel, options), ['client_secret: required, or `client_assertion`']);
  assert.deepEqual(
    problemsOf(sentinel, {
      ...options,
      client_secret: 's',
      client_assertion: 'a',
      authority: 'https://login.example/',
    }),
    ['authority: must not end with a slash', 'client_assertion: `client_secret` is given too: one of them'],
  );
});
