import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { knownContextKeys } from '../../src/redact/view/known.ts';
import { renderAll } from '../fuzz/targets.ts';
import { safeEvent } from '../support/events.ts';
import { viewOf } from './views.ts';

const reference = { app: 'authentik_core', model_name: 'application', pk: 'a1', name: 'Wiki' };
const geo = { city: 'Lima', country: 'PE', continent: 'SA', lat: -12, long: -77 };
const asn = { asn: 64511, as_org: 'Sample Hosting', network: '198.51.100.0/24' };
const somebody = { username: 'ada', email: 'ada@people.example', pk: 6 };
const frame = { filename: 'a.py', lineno: 7, name: 'run', line: 'x()' };
const exception = {
  exc_type: 'E',
  exc_value: 'v',
  exc_notes: ['n'],
  is_cause: false,
  is_group: false,
  frames: [frame],
};
const result = { passing: true, messages: ['m'], raw_result: null, source_binding: reference, _exec_time: 0.1 };
const duo = { result: 'deny', status: 'deny', status_msg: 'Denied' };
const device = { ...reference, app: 'authentik_stages_authenticator_totp', model_name: 'totpdevice' };

/** All that authentik is known to write below keys of a context, by key: what has other keys than a reference, and some that have none. */
const shown: JsonObject = {
  asn,
  auth_method_args: {
    known_device: true,
    identifier: 'backup',
    mfa_devices: [device, { app: device.app, name: 'no kind of model' }],
    source: reference,
    provider: reference,
    endpoints: [reference],
    device,
    device_class: 'totp',
    device_type: reference,
    password: '********************',
    duo_response: duo,
    jwt: { iss: 'https://ci.example', sub: 's', aud: ['a'], exp: 1, nbf: 1, iat: 1, jti: 'j' },
    certificate: { fingerprint_sha1: 'a', fingerprint_sha256: 'b', issuer: 'c', serial_number: '1', subject: 'd' },
  },
  binding: { ...reference, reason: 'geoip.missing', previous_value: geo, new_value: asn },
  diff: {
    name: { previous_value: 'a', new_value: 'b' },
    users: { add: [6, reference, { ...somebody, name: 'x', is_active: true }], remove: [reference], clear: true },
  },
  duo_response: duo,
  exception: [{ ...exception, syntax_error: { msg: 'm', lineno: 1 }, exceptions: [[exception]] }],
  geo,
  http_request: { path: '/', method: 'GET', args: { anything: { at: 'all' } }, user_agent: 'a', request_id: 'r' },
  ip: { previous: '203.0.113.7', new: '203.0.113.8' },
  model: { ...reference, usage: 'media', mime_type: 'image/png' },
  request: {
    user: somebody,
    http_request: null,
    obj: reference,
    debug: false,
    context: { auth_method: 'ldap', is_sso: false, geoip: geo, asn, event: reference, pending_user: somebody },
  },
  result: { ...result, log_messages: [{ event: 'e', log_level: 'info' }], source_results: [result] },
  targets: [[reference], 'text'],
  user: somebody,
  // Without the kind of model, which says that it is a reference.
  ...Object.fromEntries(['device', 'provider', 'secret', 'cause'].map((key) => [key, { app: 'x', name: 'y', pk: 1 }])),
};

/** The same with an unknown key in every object but below `args`, which are whatever a client asks for. */
function grown(value: Json, key = ''): Json {
  if (Array.isArray(value)) return value.map((item: Json) => grown(item, key));
  if (!isObject(value) || key === 'args') return value;
  const below = Object.entries(value).map(([name, item]) => [name, grown(item, name)] as const);
  return { ...Object.fromEntries(below), phone: '+49 planted', [`planted ${key}`]: { planted: ['planted'] } };
}

const whole = { name: 'whole', mail: 'whole', address: 'whole' } as const;
const views = {
  'a deny-list': { allow: undefined, deny: [['domain_url']], context: [] },
  'named keys alone': { allow: undefined, deny: [], context: ['own'] },
};

for (const [what, select] of Object.entries(views)) {
  const view = viewOf({ ...whole, select });

  test(`no unknown key is shown below any known one: ${what}`, () => {
    const context = Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, grown(value, key)]));
    assert.match(JSON.stringify(context), /planted auth_method_args/);
    const user = { ...somebody, on_behalf_of: somebody, authenticated_as: somebody };
    const seen = view.apply(safeEvent({ user: grown(user) as typeof user, context }));
    // What a change is of is a field of a model: every name can be one, but it holds nothing.
    const fields = { ...(shown['diff'] as JsonObject), phone: '+49 planted', 'planted diff': {} };
    assert.deepEqual(seen.context, { ...shown, diff: fields });
    assert.deepEqual(seen.user, user);
  });

  test(`what authentik writes is shown as it is: ${what}`, () => {
    const event = safeEvent({ context: shown });
    assert.equal(view.apply(event).context, event.context);
  });

  test(`an object where texts are known shows nothing that is unknown: ${what}`, () => {
    for (const key of knownContextKeys) {
      if (key === 'diff') continue;
      const hostile = { planted: 'planted', deep: [{ planted: [['planted']] }], name: { planted: 'planted' } };
      for (const item of [hostile, [hostile], [[hostile]], { ...reference, pk: hostile, name: [hostile] }]) {
        const seen = view.apply(safeEvent({ context: { [key]: item } }));
        for (const [target, text] of [...renderAll(seen), ['the event', JSON.stringify(seen)] as const])
          assert.doesNotMatch(text, /planted/, `${key}: ${target}`);
      }
    }
  });
}
