import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { asObject, get, isObject, type JsonObject } from '../../../src/core/json.ts';
import { formatJson, formatText } from '../../../src/render/formats/format.ts';
import { formatInput } from '../../support/format-inputs.ts';
import { hostileEvent } from '../../support/hostile-events.ts';
import { event } from '../events.ts';

const schemaPath = join(import.meta.dirname, '../../../../shared/schemas/ocsf-1.8.0.json');
const skip = existsSync(schemaPath) ? false : 'there is no compiled OCSF schema beside this checkout';

describe('against the schema of OCSF 1.8.0', { skip }, () => {
  const validate = skip === false ? compile() : undefined;

  test('every golden document', () => {
    const path = join(import.meta.dirname, '../../fixtures/formats/ocsf.json');
    const golden: unknown = JSON.parse(readFileSync(path, 'utf8'));
    assert.ok(isObject(golden) && Object.keys(golden).length > 60);
    for (const [name, document] of Object.entries(golden)) assertValid(validate, document, name);
  });

  test('whatever an event holds, of any severity', () => {
    fc.assert(
      fc.property(hostileEvent, fc.constantFrom('notice', 'warning', 'alert'), (made, severity) => {
        assertValid(validate, formatJson('ocsf', formatInput(made, severity)), made.action);
      }),
      { seed: 5, numRuns: 1500 },
    );
  });
});

function compile(): ValidateFunction {
  const schema: unknown = JSON.parse(readFileSync(schemaPath, 'utf8'));
  assert.ok(isObject(schema));
  return new Ajv2020({ strict: false, allErrors: true }).compile(schema);
}

function assertValid(validate: ValidateFunction | undefined, document: unknown, name: string): void {
  assert.ok(validate !== undefined);
  if (validate(document)) return;
  const problems = validate.errors?.filter(({ keyword }) => keyword !== 'if') ?? [];
  assert.fail(`${name}: ${JSON.stringify(problems)}\n${JSON.stringify(document, null, 1)}`);
}

test('what stands in the place of an address is no address: formats take it where a text may stand', () => {
  const user = { username: 'user-7f3a-0123456789abcdef', pk: 6, email: 'mail-7f3a-0123456789abcdef' };
  for (const client_ip of ['ip-7f3a-0123456789abcdef', '203.0.113.0/24', '[hidden]']) {
    const input = formatInput(event({ action: 'login', user, client_ip }));
    const ocsf = formatJson('ocsf', input);
    assert.partialDeepStrictEqual(ocsf, {
      src_endpoint: { name: client_ip },
      actor: { user: { name: user.username, uid_alt: user.email } },
    });
    const { source, related } = formatJson('ecs', input);
    assert.deepEqual([source, related], [{ address: client_ip }, { user: [user.username] }]);
    const cef = formatText('cef', input);
    assert.ok(cef.includes(` shost=${client_ip} `), cef);
    assert.doesNotMatch(cef, / (?:src|c6a2)=/);
    const leef = formatText('leef', input);
    assert.ok(leef.includes(`^srcName=${client_ip}^`) && !leef.includes('^src='), leef);
  }
});

const ada = { username: 'ada', pk: 6, email: 'ada@example.com' };
const totp = { app: 'authentik_stages_authenticator_totp', model_name: 'totpdevice', pk: 5, name: 'phone' };
const person = { app: 'authentik_core', model_name: 'user', pk: 9, name: 'grace' };
const group = { app: 'authentik_core', model_name: 'group', pk: 'a1', name: 'admins' };

for (const [what, facts, typeUid, more] of [
  ['a login', { action: 'login' }, 300201, { status_id: 1 }],
  ['a failed login', { action: 'login_failed', context: { username: 'x' } }, 300201, { status_id: 2 }],
  ['an unknown name', { action: 'invalid_identifier' }, 300201, { status_id: 2 }],
  ['a logout', { action: 'logout' }, 300202, {}],
  ['OAuth scopes', { action: 'authorize_application', context: { scopes: 'openid email' } }, 300301, {}],
  ['SAML', { action: 'authorize_application', context: {} }, 300204, {}],
  ['an own password', { action: 'password_set' }, 300103, {}],
  [
    "somebody else's password",
    { action: 'password_set', user: { ...ada, authenticated_as: { username: 'root', pk: 1 } } },
    300104,
    {},
  ],
  ['a factor removed', { action: 'model_deleted', context: { model: totp } }, 300111, {}],
  ['a factor added', { action: 'model_created', context: { model: totp } }, 300110, {}],
  ['a factor renamed', { action: 'model_updated', context: { model: totp } }, 300403, {}],
  ['a user made', { action: 'model_created', context: { model: person } }, 300101, {}],
  ['a user removed', { action: 'model_deleted', context: { model: person } }, 300106, {}],
  ['a user changed', { action: 'model_updated', context: { model: person } }, 300403, {}],
  [
    'a user disabled',
    {
      action: 'model_updated',
      context: { model: person, diff: { is_active: { previous_value: true, new_value: false } } },
    },
    300105,
    {},
  ],
  [
    'a user put into a group',
    { action: 'model_updated', context: { model: person, diff: { groups: { add: ['a1'] } } } },
    300603,
    { group: { uid: 'a1' } },
  ],
  [
    'a group emptied',
    { action: 'model_updated', context: { model: group, diff: { users: { clear: true } } } },
    300604,
    { group: { name: 'admins', uid: 'a1' } },
  ],
  [
    'a group changed',
    { action: 'model_updated', context: { model: group, diff: { name: { previous_value: 'a', new_value: 'b' } } } },
    300403,
    {},
  ],
  ['an application removed', { action: 'model_deleted' }, 300404, {}],
  ['a suspicious request', { action: 'suspicious_request' }, 200401, {}],
  [
    'anything else',
    { action: 'custom_x', context: { any: 1 } },
    99,
    { unmapped: { client_ip: '::1', context: { any: 1 } } },
  ],
] as const) {
  test(`${what}: ${typeUid}`, () => {
    const document = formatJson('ocsf', formatInput(event({ user: ada, client_ip: '::1', ...facts })));
    assert.equal(document['type_uid'], typeUid);
    assert.deepEqual(pick(document, Object.keys(more)), more);
  });
}

test('a rule above notice makes a finding that names the event it is about', () => {
  const document = formatJson('ocsf', formatInput(event({ action: 'logout' }), 'warning'));
  assert.equal(document['type_uid'], 200401);
  assert.equal(document['severity'], 'Medium');
  const finding = asObject(document['finding_info']);
  assert.deepEqual(get(finding, 'analytic'), { name: 'everything', type_id: 1, type: 'Rule' });
  assert.deepEqual(get(finding, 'related_events'), [{ uid: event().id, type_uid: 300202 }]);
});

test('a key that is a name of the prototype stays a key', () => {
  const context: JsonObject = JSON.parse('{"__proto__": {"a": 1}, "geo": {"country": "DE"}, "constructor": 2}');
  const document = formatJson('ocsf', formatInput(event({ action: 'login', client_ip: '192.0.2.1', context })));
  const kept = asObject(get(asObject(document['unmapped']), 'context'));
  assert.deepEqual(get(kept, '__proto__'), { a: 1 });
  assert.equal(get(kept, 'constructor'), 2);
});

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.map((key) => [key, object[key] ?? null]));
}
