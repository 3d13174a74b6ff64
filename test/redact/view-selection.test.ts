import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../src/core/json.ts';
import { resolvePath } from '../../src/redact/view/paths.ts';
import { safeEvent } from '../support/events.ts';
import { alertFrom } from './alerts.ts';
import { planted } from './planted.ts';
import { allow, byA, viewOf } from './views.ts';

test('an allow-list shows what it names and nothing else', () => {
  const view = viewOf({ mail: 'hidden', select: allow('user.username', 'client_ip', 'context.message') });
  fc.assert(
    fc.property(planted, ({ event }) => {
      const seen = view.apply(event);
      assert.deepEqual(Object.keys(seen.context), ['message']);
      assert.deepEqual(Object.keys(seen.user).toSorted(), ['authenticated_as', 'on_behalf_of', 'username']);
      assert.deepEqual(Object.keys(seen.user.on_behalf_of ?? {}), ['username']);
      assert.equal(seen.http ?? seen.model ?? seen.diff ?? seen.domain_url, undefined);
    }),
    { seed: 5, numRuns: 50 },
  );
});

test('every view drops keys that authentik is not known to write, unless they are named', () => {
  const context = { reason: 'r', owner: 'x', __proto__: 1, constructor: 'y' };
  const event = safeEvent({ action: 'custom_x', context: JSON.parse(JSON.stringify(context)) as typeof context });
  const dropping = viewOf({ select: { allow: undefined, deny: [], context: [] } });
  assert.deepEqual(dropping.apply(event).context, { reason: 'r' });
  const naming = viewOf({ select: { allow: undefined, deny: [], context: ['owner'] } });
  assert.deepEqual(naming.apply(event).context, { reason: 'r', owner: 'x' });
});

test('keys that authentik is not known to write are dropped below known ones, too', () => {
  const model = { app: 'authentik_core', model_name: 'user', pk: 6, name: 'x' };
  const known = {
    http_request: { path: '/', method: 'GET', args: { q: 'any' }, user_agent: 'a', request_id: 'r' },
    model,
    source: model,
    geo: { city: 'Berlin', country: 'DE', continent: 'EU', lat: 1, long: 2 },
    asn: { asn: 1, as_org: 'o', network: '203.0.113.0/24' },
    diff: { anything: { new_value: 1 } },
  };
  const user = {
    username: 'u',
    pk: 1,
    email: 'e@x.example',
    is_anonymous: false,
    on_behalf_of: { username: 'v', pk: 2 },
  };
  const more = (value: JsonObject): JsonObject => ({ ...value, unknown: 'new', phone: '+49' });
  const shows = { name: 'whole', mail: 'whole', address: 'whole' } as const;
  const view = viewOf({ ...shows, select: { allow: undefined, deny: [['domain_url']], context: ['own', 'asn'] } });
  const whole = Object.fromEntries(
    Object.entries(known).map(([key, value]) => [key, key === 'diff' ? value : more(value)]),
  );
  const strange = { ...more(user), on_behalf_of: more(user.on_behalf_of) };
  const seen = view.apply(safeEvent({ user: strange, context: { ...whole, own: { unknown: 1 } } }));
  assert.deepEqual(seen.context, { ...known, asn: more(known.asn), own: { unknown: 1 } });
  assert.deepEqual(seen.user, user);
  const plain = safeEvent({ user, context: known });
  assert.equal(view.apply(plain).context, plain.context);
});

test('keys that authentik is not known to write are dropped in lists and in references at any depth', () => {
  const reference = { app: 'authentik_stages_authenticator_totp', model_name: 'totpdevice', pk: 1, name: 'x' };
  const model = { app: 'authentik_core', model_name: 'group', pk: 6, name: 'x' };
  const known = {
    mfa_devices: [reference],
    targets: [[reference], 'text'],
    auth_method_args: { mfa_devices: [reference], device: reference, known_device: true },
    geo: [{ city: 'Berlin' }],
    http_request: [{ path: '/', args: { app: 'any', model_name: 'any', q: 'any' } }],
    model,
    diff: { users: { add: [model] } },
  };
  const grown = { ...reference, unknown: 'new' };
  const view = viewOf({ select: { allow: undefined, deny: [['domain_url']], context: [] } });
  const seen = view.apply(
    safeEvent({
      context: {
        ...known,
        mfa_devices: [grown],
        targets: [[grown], 'text'],
        auth_method_args: { mfa_devices: [grown], device: grown, known_device: true },
        geo: [{ city: 'Berlin', unknown: 'new' }],
        http_request: [{ ...known.http_request[0], unknown: 'new' }],
        diff: { users: { add: [{ ...model, unknown: 'new' }] } },
      },
    }),
  );
  assert.deepEqual(seen.context, known);
  const plain = safeEvent({ context: known });
  assert.equal(view.apply(plain).context, plain.context);
});

test('the id of a request, which authentik writes in two places, is shown in both or in none', () => {
  const event = safeEvent({ request_id: 'r1', context: { http_request: { path: '/', request_id: 'r1' } } });
  const paths = resolvePath('request_id');
  assert.ok(typeof paths !== 'string');
  const denied = viewOf({ select: { allow: undefined, deny: paths, context: [] } }).apply(event);
  assert.equal(denied.request_id, undefined);
  assert.deepEqual(denied.context, { http_request: { path: '/' } });
  const allowed = viewOf({ select: { allow: paths, deny: [], context: [] } }).apply(event);
  assert.equal(allowed.request_id, 'r1');
  assert.deepEqual(allowed.context, { http_request: { request_id: 'r1' } });
});

test('addresses are truncated to networks', () => {
  const view = viewOf({ address: 'network' });
  const message = 'from 203.0.113.77, 2001:db8:1:2::15 and ::ffff:10.1.2.3';
  const seen = view.apply(safeEvent({ client_ip: '2001:DB8:1:2::15', context: { message } }));
  assert.equal(seen.client_ip, '2001:db8:1::/48');
  assert.equal(seen.message, 'from 203.0.113.0/24, 2001:db8:1::/48 and 10.1.2.0/24');
});

test('further fields have pseudonyms, and what is no text is hidden', () => {
  const view = viewOf({ values: [['department'], ['more', 'badge']] });
  const { context } = view.apply(
    safeEvent({
      context: { department: 'Platform Team', more: { badge: 4711 }, message: 'of platform team', reason: 'ok' },
    }),
  );
  const pseudonym = byA.of('value', 'Platform Team');
  assert.match(pseudonym, /^value-/);
  assert.deepEqual([context['department'], context['message']], [pseudonym, `of ${pseudonym}`]);
  assert.deepEqual(context['more'], { badge: byA.of('value', '4711') });
});

test('answers have pseudonyms, too, and texts of a field that holds more are replaced elsewhere', () => {
  const view = viewOf({ values: [['is_member'], ['geo']] });
  const geo = { city: 'Lima', near: [{ town: 'Callao' }] };
  const { context } = view.apply(safeEvent({ context: { is_member: true, geo, message: 'in LIMA, near callao' } }));
  assert.deepEqual(context, {
    is_member: byA.of('value', 'true'),
    geo: '[hidden]',
    message: `in ${byA.of('value', 'Lima')}, near ${byA.of('value', 'Callao')}`,
  });
  const facts = { context: { is_member: true } };
  const alert = alertFrom('window: {count: 2, within: 10m, by: [event.context.is_member]}', [facts, facts]);
  assert.deepEqual(view.apply(alert).context['by'], { 'context.is_member': byA.of('value', 'true') });
});

test('a further field whose key says that it is a name has one pseudonym, not that of a pseudonym', () => {
  const view = viewOf({ values: [['username'], ['email']] });
  const { context } = view.apply(
    safeEvent({ action: 'login_failed', context: { username: 'ada.l', email: ['ada@people.example'] } }),
  );
  assert.deepEqual(context, { username: byA.of('value', 'ada.l'), email: [byA.of('value', 'ada@people.example')] });
});
