import fc from 'fast-check';
import { knownActions } from '../../src/core/action.ts';
import { withViews, type SafeEvent } from '../../src/core/event.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { character } from './character.ts';

const nasty = fc.constantFrom(
  '|',
  '\\',
  '=',
  '^',
  '\n',
  '\r\n',
  '\u2028',
  '\u0085',
  '\t',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '\ud800',
  '\udfff',
  '"',
  ']',
  '][x@1 a="b"]',
  '\nCEF:0|x|y|1|evil|evil|10|',
  ' act=forged',
  '^usrName=forged',
  '\nLEEF:2.0|x|y|1|evil|^|',
  '\n<13>1 - - - - - - forged',
  '12 <13>1 - - -',
  '"][origin software="x"] ',
  'https://evil.example/x',
  ' www.evil.example ',
  'evil.example/login',
  'javascript:alert(1)',
  '[ok](https://evil.example)',
  ' @everyone ',
  '<!channel>',
  '\u200b',
  '\u{e0041}',
  '\ufeff',
  '👩‍💻',
  '🔑',
  'é',
  'x'.repeat(5000),
);

/** Text that somebody makes up who knows what is done with it. */
export const hostileText = fc
  .array(fc.oneof({ weight: 3, arbitrary: nasty }, fc.string({ unit: character, maxLength: 6 })), { maxLength: 8 })
  .map((parts) => parts.join(''));

const scalar = fc.oneof(hostileText, fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'username', 'pk'), hostileText);
const reference = fc.record(
  {
    app: fc.constantFrom('authentik_core', 'authentik_rbac', 'authentik_stages_authenticator_totp', 'x'),
    model_name: fc.constantFrom('user', 'group', 'role', 'token', 'totpdevice', 'y'),
    pk: fc.oneof(fc.integer(), hostileText),
    name: hostileText,
  },
  { requiredKeys: ['app', 'model_name'] },
);
const change = fc.oneof(
  fc.record({ add: fc.array(fc.oneof(fc.integer(), reference), { maxLength: 3 }) }),
  fc.record({ remove: fc.array(fc.integer(), { maxLength: 3 }) }),
  fc.record({ previous_value: scalar, new_value: scalar }),
  scalar,
);

/** A context in which the keys that formats read hold what authentik puts there, or something else altogether. */
const context = fc
  .record(
    {
      model: fc.oneof(reference, scalar),
      authorized_application: reference,
      secret: fc.oneof(reference, scalar),
      token: reference,
      source: reference,
      stage: reference,
      target: reference,
      targets: fc.oneof(fc.array(fc.oneof(reference, scalar), { maxLength: 3 }), scalar),
      scopes: scalar,
      created: scalar,
      reason: scalar,
      username: scalar,
      auth_method: fc.oneof(fc.constantFrom('password', 'ldap', 'auth_mfa', 'jwt'), scalar),
      auth_method_args: fc.oneof(fc.record({ mfa_devices: fc.array(fc.oneof(reference, scalar)) }), scalar),
      device_class: fc.oneof(fc.constantFrom('totp', 'duo', 'webauthn'), scalar),
      geo: fc.record({ city: scalar, country: scalar, continent: scalar, lat: scalar, long: scalar }),
      asn: fc.record({ asn: scalar, as_org: scalar, network: scalar }),
      http_request: fc.record({
        method: fc.oneof(fc.constantFrom('GET', 'POST'), scalar),
        path: scalar,
        user_agent: scalar,
        args: fc.dictionary(name, scalar, { maxKeys: 3 }),
      }),
      diff: fc.dictionary(fc.oneof(fc.constantFrom('users', 'groups', 'ak_groups', 'is_active'), name), change, {
        maxKeys: 3,
      }),
      message: scalar,
      exception: fc.array(fc.record({ exc_type: scalar, exc_value: scalar }), { maxLength: 2 }),
      subject: scalar,
      to_email: fc.oneof(fc.array(fc.oneof(fc.emailAddress(), scalar), { maxLength: 3 }), scalar),
      from_email: fc.oneof(fc.emailAddress(), scalar),
      result: fc.oneof(fc.record({ passing: scalar }), scalar),
      actor: scalar,
      export: fc.oneof(reference, scalar),
    },
    { requiredKeys: [] },
  )
  .chain((known) => fc.dictionary(name, scalar, { maxKeys: 3 }).map((other) => ({ ...other, ...known })));

const person = fc.record(
  { username: hostileText, pk: fc.option(fc.oneof(fc.integer(), hostileText)), email: hostileText },
  { requiredKeys: [] },
);

/** Events of any action with anything in them, as they come out of the journal. */
export const hostileEvent: fc.Arbitrary<SafeEvent> = fc
  .record(
    {
      id: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((id) => id.toString(16).padStart(32, '0')),
      at: fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(0, -1, 8.64e15, Number.MAX_SAFE_INTEGER)),
      action: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...knownActions) }, hostileText),
      user: fc
        .tuple(person, person, person)
        .map(([own, behalf, as]) => ({ ...own, on_behalf_of: behalf, authenticated_as: as })),
      context,
      client_ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('fe80::1%eth0'), hostileText),
      request_id: hostileText,
      schema_name: hostileText,
      domain_url: hostileText,
      origin: fc.record({ namespace: hostileText, pod: hostileText }, { requiredKeys: [] }),
    },
    { requiredKeys: ['id', 'at', 'action', 'user', 'context', 'origin'] },
  )
  .map((facts) => fromStored(JSON.stringify(withViews(facts))));
