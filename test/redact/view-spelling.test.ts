import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPseudonyms } from '../../src/redact/pseudonym.ts';
import { safeEvent } from '../support/events.ts';
import { name } from './planted.ts';
import { allow, byA, keyA, keyB, viewOf } from './views.ts';

const everything = viewOf();

test('equal values have equal pseudonyms, wherever they stand and however they are spelled', () => {
  const one = everything.apply(
    safeEvent({
      client_ip: '::ffff:203.0.113.7',
      user: { username: 'Ada.Lovelace', email: 'Ada@Example.com', on_behalf_of: { username: 'ada.lovelace' } },
      context: { username: 'ADA.LOVELACE', message: 'ada.lovelace (ada@example.com) from 203.0.113.7' },
    }),
  );
  const { username = '', email = '' } = one.user;
  assert.match(username, /^user-[0-9a-f]{4}-[0-9a-f]{16}$/);
  assert.match(email, /^mail-[0-9a-f]{4}-[0-9a-f]{16}$/);
  assert.match(one.client_ip ?? '', /^ip-[0-9a-f]{4}-[0-9a-f]{16}$/);
  assert.equal(one.user.on_behalf_of?.username, username);
  assert.deepEqual(one.context, { username, message: `${username} (${email}) from ${one.client_ip}` });
  const two = everything.apply(
    safeEvent({ context: { message: 'x', http_request: { args: { username: 'ada.lovelace' } } } }),
  );
  assert.deepEqual(two.http?.args, { username });
  const typedAddress = everything.apply(safeEvent({ context: { username: 'ada@example.com' } }));
  assert.equal(typedAddress.context['username'], email, 'a mail address that is typed as a name is the same person');
});

test('a name is found in capitals, wide letters and with other blanks', () => {
  const found: readonly (readonly [string, readonly string[]])[] = [
    ['ΝΙΚΟΣ', ['login ΝΙΚΟΣ:failed', '/u/ΝΙΚΟΣ.a/', "'ΝΙΚΟΣ's", 'νικος', 'νικοσ', '(Νικος)']],
    ['ada.l', ['login ａｄａ．ｌ x', 'ＡＤＡ．Ｌ']],
    [
      'Ada Lovelace',
      ['Ada  Lovelace', 'by ada\u00a0lovelace.', 'ADA\n  LOVELACE', 'ada+lovelace', '?q=Ada%20%20Lovelace&x'],
    ],
    ['Ada  Lovelace', ['Ada Lovelace', 'ada+lovelace']],
    ['김철수', ['김철수님이 로그인']],
  ];
  for (const [username, texts] of found) {
    for (const message of texts) {
      const { message: shown = '' } = everything.apply(safeEvent({ user: { username }, context: { message } }));
      assert.ok(shown.includes(byA.of('person', username)), `${username} in ${message}: ${shown}`);
      assert.doesNotMatch(shown, /ΝΙΚΟ|νικο|ａｄａ|lovelace|김철수/i);
    }
    const apart = ['ΝΙΚΟΣΑ', 'adaXl', 'Ada-Lovelace', 'Ada Lovelaces', 'Ada'].join(' ');
    assert.equal(everything.apply(safeEvent({ user: { username }, context: { message: apart } })).message, apart);
  }
  assert.equal(byA.of('person', 'ΝΙΚΟΣ-Α'), byA.of('person', 'νικος-α'));
});

test('escaped letters that are not ASCII are read as what they are', () => {
  const user = { username: 'Ödön', email: 'x@people.example' };
  for (const [path, expected] of [
    ['/u/ren%C3%A9@example.com/', `/u/${byA.of('person', 'rené@example.com')}/`],
    ['/?q=%E7%8E%8B%40example.com', `/?q=${byA.of('person', '王@example.com')}`],
    ['/%C3%B6d%C3%B6n/%C3%96D%C3%96N/', `/${byA.of('person', 'Ödön')}/${byA.of('person', 'Ödön')}/`],
    [String.raw`b'\xc3\xb6d\xc3\xb6n'`, `b'${byA.of('person', 'Ödön')}'`],
    [String.raw`\U000000f6d%u00f6n`, byA.of('person', 'Ödön')],
    ['/%F0%9F%A6%89@example.com', `/${byA.of('person', '🦉@example.com')}`],
    ['/%C3%B6dn/%C3/%ff%FE/%C0%80', '/%C3%B6dn/%C3/%ff%FE/%C0%80'],
  ] as const) {
    const { http } = everything.apply(safeEvent({ user, context: { http_request: { path } } }));
    assert.equal(http?.path, expected);
  }
});

test('numbers are names where a key says so and where they are equal to a name', () => {
  const pseudonym = byA.of('person', '471100');
  const typed = everything.apply(
    safeEvent({ context: { username: 471_100, http_request: { args: { username: 471_100 } } } }),
  );
  assert.deepEqual(typed.context, { username: pseudonym, http_request: { args: { username: pseudonym } } });
  const context = { x: [471_100, 47], diff: { username: { new_value: 471_100 } }, lat: 4711.5 };
  const equal = everything.apply(safeEvent({ user: { username: '471100', pk: 471_100 }, context }));
  assert.deepEqual(equal.context, { x: [pseudonym, 47], diff: { username: { new_value: pseudonym } }, lat: 4711.5 });
  assert.equal(equal.user.pk, pseudonym);
});

test('a name before a mail address is a name, and the address has the same pseudonym as alone', () => {
  const [ada, mail, bob] = ['Ada Lovelace', 'ada@people.example', 'bob@people.example'].map((value) =>
    byA.of('person', value),
  );
  const seen = everything.apply(
    safeEvent({
      user: { username: 'x', email: 'ada@people.example' },
      context: {
        to_email: ['Ada Lovelace <ada@people.example>', '"Lovelace, Ada" <ada@people.example>'],
        from_email: 'bob@people.example, Ada Lovelace <ADA@people.example>',
        email: 'Ada Lovelace, who has none',
        message: 'Email to Ada  Lovelace <ada@people.example> sent',
        subject: 'Welcome, Ada Lovelace',
      },
    }),
  );
  assert.deepEqual(seen.context, {
    to_email: [`${ada} <${mail}>`, `${byA.of('person', 'Lovelace, Ada')} <${mail}>`],
    from_email: `${bob}, ${ada} <${mail}>`,
    email: byA.of('person', 'Ada Lovelace, who has none'),
    message: `Email to ${ada} <${mail}> sent`,
    subject: `Welcome, ${ada}`,
  });
  const named = { name: 'whole', mail: 'pseudonym' } as const;
  const { context } = viewOf(named).apply(safeEvent({ context: { to_email: 'Ada Lovelace <ada@people.example>' } }));
  assert.deepEqual(context, { to_email: `Ada Lovelace <${mail}>` });
});

test('what looks like a word of authentik or of herald is a name where somebody is called so', () => {
  const pseudonym = byA.of('person', 'ada_l');
  const { action, model } = everything.apply(
    safeEvent({
      action: 'herald_ada_l',
      user: { username: 'ada_l' },
      context: { model: { app: 'authentik_core', model_name: 'ada_l', pk: 1 } },
    }),
  );
  assert.equal(action, `herald_${pseudonym}`);
  assert.deepEqual(model, { app: 'authentik_core', model_name: pseudonym, pk: 1 });
});

test('a short name or a word of authentik is replaced where it is a name, and texts stay readable', () => {
  for (const username of ['a', 'admin', 'root']) {
    const { user, context, http } = everything.apply(
      safeEvent({
        user: { username },
        context: {
          message: `A rootkit in /if/admin/ is not ${username}x`,
          http_request: { path: '/if/admin/', method: 'GET' },
          quoted: `{'username': '${username}', 'a': 1}`,
        },
      }),
    );
    const pseudonym = byA.of('person', username);
    assert.equal(user.username, pseudonym);
    assert.equal(context['message'], `A rootkit in /if/admin/ is not ${username}x`);
    assert.deepEqual(http, { path: '/if/admin/', method: 'GET' });
    assert.equal(context['quoted'], `{'username': '${pseudonym}', 'a': 1}`);
  }
});

test("what is no person keeps its meaning: versions, references, networks, authentik's stand-ins", () => {
  const context = {
    http_request: { user_agent: 'Mozilla/5.0 Chrome/126.0.0.0 Safari/537.36', method: 'GET' },
    model: { app: 'authentik_core', model_name: 'user', pk: 6 },
    asn: { asn: 64496, network: '203.0.113.0/24' },
    geo: { country: 'DE', city: 'Berlin' },
    message: 'at 12:30:45 a::std 1.3.6.1.4.1',
  };
  const event = safeEvent({ user: { username: 'AnonymousUser' }, context });
  assert.equal(everything.apply(event), event);
  const german = everything.apply(safeEvent({ user: { username: 'de' }, context }));
  assert.deepEqual(german.geo, { country: 'DE', city: 'Berlin' });
});

test('addresses are found in all their spellings, with letters beside them and as hosts of networks', () => {
  const v4 = byA.of('address', '203.0.113.7');
  const v6 = byA.of('address', '2001:db8:1:2::77');
  const texts: readonly (readonly [string, string])[] = [
    ['/api/v3/blocklist/203.0.113.7/8/', `/api/v3/blocklist/${v4}/`],
    ['allowed 203.0.113.7/24', `allowed ${v4}`],
    ['peer 2001:db8:1:2::77/48', `peer ${v6}`],
    ['rate:ip203.0.113.7_x', `rate:ip${v4}_x`],
    ['at 203.0.113.7T09', `at ${v4}T09`],
    ['\u001b[31m203.0.113.7\u001b[0m', `\u001b[31m${v4}\u001b[0m`],
    ['from 203.0.113.007', `from ${v4}`],
    ['from ２０３．0。113.７', `from ${v4}`],
    ['ip-203-0-113-7.eu.internal', `${v4}.eu.internal`],
    ['from 2001:db8:1:2:0:0:0:77:443', `from ${v6}:443`],
    ['score_2001:db8:1:2::77_ada', `score_${v6}_ada`],
    ['x=2001:DB8:1:2::77: refused', `x=${v6}: refused`],
  ];
  for (const [message, expected] of texts) {
    assert.equal(everything.apply(safeEvent({ context: { message } })).message, expected);
  }
  const clean =
    'networks 203.0.113.0/24 10.0.0.0/8 0.0.0.0/0 2001:db8:1::/48 ::/0, a::std, std::b, 1.3.6.1.4.1, 12:30:45';
  assert.equal(everything.apply(safeEvent({ context: { message: clean } })).message, clean);
  const user_agent = 'Mozilla/5.0 Chrome/120.0.60.71 (at 203.0.113.7)';
  const { http } = everything.apply(safeEvent({ context: { http_request: { user_agent } } }));
  assert.equal(http?.user_agent, `Mozilla/5.0 Chrome/120.0.60.71 (at ${v4})`);
});

test('a name that looks like a pseudonym gets one of its own', () => {
  const forged = byA.of('person', 'ada');
  const { user } = everything.apply(safeEvent({ user: { username: forged } }));
  assert.notEqual(user.username, forged);
});

test('another key makes other pseudonyms, and its id tells which', () => {
  const byB = createPseudonyms({ current: keyB, previous: [{ bytes: keyA, untilMs: undefined }] });
  fc.assert(
    fc.property(name, (value) => {
      const [now, before] = byB.all('person', value);
      assert.equal(before, byA.of('person', value));
      assert.notEqual(now?.slice(10), before?.slice(10));
      assert.equal(now?.split('-')[1], byB.keyIds[0]);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('while keys overlap an event says what its pseudonyms were before, and afterwards no more', () => {
  const untilMs = Date.UTC(2026, 5, 1);
  const view = viewOf({}, createPseudonyms({ current: keyB, previous: [{ bytes: keyA, untilMs }] }));
  const user = { username: 'ada' };
  const during = view.apply(safeEvent({ at: untilMs - 1, user }));
  assert.deepEqual(during.context['pseudonyms'], [
    { pseudonym: during.user.username, previous: [byA.of('person', 'ada')] },
  ]);
  const mail = { ...user, email: 'a@b.example' };
  const without = viewOf(
    { mail: 'pseudonym', select: allow('user.username') },
    createPseudonyms({ current: keyB, previous: [{ bytes: keyA, untilMs }] }),
  );
  const { pseudonyms: links } = without.apply(safeEvent({ at: 0, user: mail })).context;
  assert.deepEqual(links, during.context['pseudonyms'], 'nothing is said of what is not shown');
  const after = view.apply(safeEvent({ at: untilMs, user }));
  assert.equal(after.context['pseudonyms'], undefined);
  assert.equal(after.user.username, during.user.username);
});
