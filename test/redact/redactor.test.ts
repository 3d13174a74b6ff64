import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withViews, type Event, type EventFacts } from '../../src/core/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { kinds } from '../../src/redact/kinds.ts';
import { createRedactor, fromStored } from '../../src/redact/redactor.ts';

const redactor = createRedactor({ keys: [], patterns: [], emailBodies: 'drop' });

function event(context: JsonObject, more: Partial<EventFacts> = {}): Event {
  return withViews({ id: 'e'.repeat(32), at: 1, action: 'login', user: {}, context, origin: {}, ...more });
}

/** The context after redaction, as JSON gives it back. */
function contextOf(context: JsonObject, more: Partial<EventFacts> = {}): unknown {
  return JSON.parse(JSON.stringify(redactor.redact(event(context, more)).event.context));
}

test('an event without secrets comes back as the same object', () => {
  const clean = event({ auth_method: 'password', http_request: { path: '/', args: { next: '/' } } });
  const { event: safe, counts } = redactor.redact(clean);
  assert.equal(safe, clean);
  assert.equal(counts.size, 0);
});

test('the event that came in is not changed, and what is untouched is shared', () => {
  const context = { geo: { city: 'Berlin' }, args: { token: 'abc' }, list: [{ pin: 123456 }, { a: 1 }] };
  const before = structuredClone(context);
  const { event: safe } = redactor.redact(event(context));
  assert.deepEqual(context, before);
  assert.equal(safe.context['geo'], context.geo);
  assert.deepEqual(safe.context['list'], [{ pin: '[redacted:key]' }, { a: 1 }]);
});

test('the key decides on every level; objects are looked into, items of lists have the key of their list', () => {
  assert.deepEqual(
    contextOf({
      token: { app: 'authentik_core', model_name: 'token', pk: 'aa', name: 'backup', key: 'abc' },
      codes: ['a1', { pk: 1, code: 'b2' }, ['c3']],
      a: [{ b: { door_pin: 'x' } }],
      password: '********************',
      has_token: true,
      otp: null,
      secret: '',
      keys: 2,
      pin: 1234,
    }),
    {
      token: { app: 'authentik_core', model_name: 'token', pk: 'aa', name: 'backup', key: '[redacted:key]' },
      codes: ['[redacted:key]', { pk: 1, code: '[redacted:key]' }, ['[redacted:key]']],
      a: [{ b: { door_pin: '[redacted:key]' } }],
      password: '********************',
      has_token: true,
      otp: null,
      secret: '',
      keys: 2,
      pin: '[redacted:key]',
    },
  );
});

test('the name of a changed field decides about its old and new value', () => {
  assert.deepEqual(contextOf({ diff: { pwd: { new_value: 'a', previous_value: null }, slug: { new_value: 'b' } } }), {
    diff: { pwd: { new_value: '[redacted:key]', previous_value: null }, slug: { new_value: 'b' } },
  });
});

test('the name beside a value decides, too', () => {
  assert.deepEqual(
    contextOf({
      headers: [
        { name: 'X-Api-Key', value: 'abc' },
        { name: 'Accept', value: 'text/html' },
      ],
    }),
    {
      headers: [
        { name: 'X-Api-Key', value: '[redacted:key]' },
        { name: 'Accept', value: 'text/html' },
      ],
    },
  );
});

test('a webhook keeps its host only', () => {
  assert.deepEqual(
    contextOf({ webhook_url: { new_value: 'https://u:p@chat.example/a/b?c=d', previous_value: 'none' } }),
    {
      webhook_url: { new_value: 'https://u:[redacted:url]@chat.example/[redacted:url]', previous_value: 'none' },
    },
  );
});

test('state is a secret among arguments, and elsewhere when it looks random', () => {
  assert.deepEqual(
    contextOf({ http_request: { args: { state: 'plain' } }, state: 'SUCCESS', task: { state: 'q7Yc2LkP0v' } }),
    { http_request: { args: { state: '[redacted:key]' } }, state: 'SUCCESS', task: { state: '[redacted:key]' } },
  );
});

test('the views are made of the redacted context', () => {
  const { event: safe } = redactor.redact(
    event({
      message: 'Bearer abcdef123456 was refused',
      http_request: { path: '/', method: 'GET', args: { code: 'abc' }, user_agent: 'Authorization: Bearer x' },
      exception: [{ exc_type: 'E', exc_value: 'at postgresql://u:pw@db', frames: [{ name: 'f', locals: { a: 'b' } }] }],
      model: { app: 'a', model_name: 'event', pk: 'k', name: "Event context={'pin': 'x1'}" },
      diff: { pwd: { new_value: 'a' } },
    }),
  );
  assert.equal(safe.message, 'Bearer [redacted:authorization] was refused');
  assert.deepEqual(safe.http?.args, { code: '[redacted:key]' });
  assert.equal(safe.http?.user_agent, 'Authorization: [redacted:key]');
  assert.deepEqual(safe.exception, [{ type: 'E', value: 'at postgresql://u:[redacted:url]@db' }]);
  assert.equal(safe.model?.name, "Event context={'pin': '[redacted:key]'}");
  assert.deepEqual(safe.diff, { pwd: { new_value: '[redacted:key]' } });
  assert.match(JSON.stringify(safe.context['exception']), /"locals":"\[redacted:locals\]"/);
});

test('local variables go on every level, also in groups of exceptions', () => {
  const group = { exceptions: [[{ frames: [{ lineno: 1, locals: { a: "'b'" } }] }]] };
  assert.deepEqual(contextOf({ exception: [group] }), {
    exception: [{ exceptions: [[{ frames: [{ lineno: 1, locals: '[redacted:locals]' }] }]] }],
  });
});

test('mail bodies are dropped, links in what is left are not', () => {
  const mail = { body: '<p>590417</p>', subject: 'see https://a.example/?token=abc', to_email: ['a@example.com'] };
  assert.deepEqual(contextOf(mail, { action: 'email_sent' }), {
    body: '[redacted:email_body]',
    subject: 'see https://a.example/?token=[redacted:query]',
    to_email: ['a@example.com'],
  });
  assert.deepEqual(contextOf({ body: 'x' }, { action: 'custom_x' }), { body: 'x' });
});

test('of an expression only names, hosts and short literals stay', () => {
  const expression = [
    '# a comment with "quotes" and a token: abc123',
    'r = requests.get("https://hr.example/v1/x?k=abc", headers={"X-Api-Key": "abc", \'b\': "swordfish"})',
    'ldap.bind("cn=admin", \'correct horse\', """multi',
    'line""")',
    'return x["department"] + y.get("name") + ["listed"] + "ok"',
  ].join('\n');
  assert.deepEqual(contextOf({ expression }), {
    expression: [
      '# a comment with "quotes" and a token: [redacted:key]',
      'r = requests.get("https://hr.example/[redacted:literal]", headers={"X-Api-Key": "[redacted:key]", \'b\': "[redacted:literal]"})',
      'ldap.bind("[redacted:literal]", \'[redacted:literal]\', """[redacted:literal]""")',
      'return x["department"] + y.get("name") + ["[redacted:literal]"] + "ok"',
    ].join('\n'),
  });
});

test('the user is searched, too', () => {
  const user = {
    username: 'Bearer abc123def456',
    pk: 6,
    email: 'ada@example.com',
    on_behalf_of: { username: 'token=abc' },
  };
  const { event: safe } = redactor.redact(event({}, { user }));
  assert.deepEqual(safe.user, {
    username: 'Bearer [redacted:authorization]',
    pk: 6,
    email: 'ada@example.com',
    on_behalf_of: { username: 'token=[redacted:key]' },
  });
});

test('action and domain are searched, ids and addresses are not', () => {
  const facts = {
    action: 'custom_token=abc',
    domain_url: 'a:b@c.example?token=x',
    request_id: 'token=abc',
    client_ip: '192.0.2.1',
  };
  const { event: safe } = redactor.redact(event({}, facts));
  assert.equal(safe.action, 'custom_token=[redacted:key]');
  assert.equal(safe.domain_url, 'a:b@c.example?token=[redacted:query]');
  assert.equal(safe.request_id, 'token=abc');
  assert.equal(safe.client_ip, '192.0.2.1');
});

test('keys and patterns of the configuration work on every level and below every encoding', () => {
  const own = createRedactor({ keys: ['badge'], patterns: ['\\bEMP-\\d{6}\\b', 'redacted'], emailBodies: 'drop' });
  const { event: safe, counts } = own.redact(
    event({ a: { Badge_No: 'x' }, text: 'EMP-123456 badge: Y7', url: '/?next=%2FEMP%2D123456', b: 'EMP-1234567' }),
  );
  assert.deepEqual(safe.context, {
    a: { Badge_No: '[redacted:key]' },
    text: '[redacted:pattern] badge: [redacted:key]',
    url: '/?next=%2F[redacted:pattern]',
    b: 'EMP-1234567',
  });
  assert.deepEqual(
    new Map(counts),
    new Map([
      ['key', 2],
      ['pattern', 2],
    ]),
  );
  assert.equal(own.redact(safe).event, safe, 'patterns do not look into marks');
});

test('counts are by kind and belong to their event', () => {
  const first = redactor.redact(event({ a: { pin: 'x' }, otp: 'y', m: '/?token=a' })).counts;
  redactor.redact(event({ pin: 'z' }));
  assert.deepEqual(
    new Map(first),
    new Map([
      ['key', 2],
      ['query', 1],
    ]),
  );
  for (const kind of first.keys()) assert.ok(kinds.includes(kind));
});

test('a secret in the place of a key goes, the others stay', () => {
  assert.deepEqual(contextOf({ 'Bearer abc123def456': 1, b: 2 }), { 'Bearer [redacted:authorization]': 1, b: 2 });
});

test('keys that mean something to JavaScript are data', () => {
  const context: JsonObject = JSON.parse(
    '{"__proto__": {"pin": "x1", "polluted": true}, "constructor": {"token": "abc"}, "toString": "Bearer abc123def456"}',
  );
  const { event: safe } = redactor.redact(event(context));
  assert.equal(
    JSON.stringify(safe.context),
    '{"__proto__":{"pin":"[redacted:key]","polluted":true},"constructor":{"token":"[redacted:key]"},"toString":"Bearer [redacted:authorization]"}',
  );
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

test('a stored event comes back as it was', () => {
  const { event: safe } = redactor.redact(event({ pin: 'x', a: ['b'] }));
  assert.deepEqual(fromStored(JSON.stringify(safe)), safe);
});
