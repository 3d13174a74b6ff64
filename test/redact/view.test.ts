import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alertAction, knownActions } from '../../src/core/action.ts';
import { withViews, type SafeEvent } from '../../src/core/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createPseudonyms } from '../../src/redact/pseudonym.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import type { Selection } from '../../src/redact/view/options.ts';
import { eventLogUrl } from '../../src/render/links.ts';
import { titleOf } from '../../src/render/message.ts';
import { quote, eventTitle } from '../../src/rules/over-time/title.ts';
import { renderAll } from '../fuzz/targets.ts';
import { safeEvent } from '../support/events.ts';
import { hostileEvent } from '../support/hostile-events.ts';
import { byA, keyA, keyB, viewOf } from './views.ts';

const everything = viewOf();

/** Names as people have them and as attackers make them, none of which stands in an event by itself. */
const name = fc
  .tuple(
    fc.constantFrom(
      'Zq',
      'Żó',
      'zé',
      'Qx.',
      'q+',
      'ß(',
      '[z',
      'z\\d',
      'z q',
      "o'Z",
      '王明',
      'zليلى',
      '$&q',
      'q|z',
      'q^',
      'ΣςΣ',
      'q  z',
    ),
    fc.stringMatching(/^[a-z]{3}[a-z0-9]{2,8}$/),
    fc.constantFrom('', 'É', '-z', '_q'),
  )
  .map((parts) => `${parts[0]}${parts[1]}vq${parts[2]}`);

interface Planted {
  readonly event: SafeEvent;
  readonly values: readonly string[];
}

const asPercent = (text: string): string => encodeURIComponent(text);
const asPercentAll = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const asJson = (text: string): string => JSON.stringify({ user: { username: text } });
const escaped = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** An event with names and addresses in every place and writing that authentik is known to have, and some more. */
const planted: fc.Arbitrary<Planted> = fc
  .record({
    user: name,
    other: name,
    typed: name,
    address: fc.oneof(
      fc.ipV4(),
      fc.ipV6().filter((text) => text.length > 8),
    ),
    host: fc.constantFrom('example.org', 'münchen.example', 'localhost'),
    action: fc.constantFrom(...knownActions, 'custom_x'),
  })
  .map(({ user, other, typed, address, host, action }) => {
    const mail = `${user.replaceAll(/[^a-z0-9]/gi, '')}vqz@${host}`;
    const context = {
      username: typed,
      message: `Login of "${user}", ${other.toUpperCase()} and ${mail} from ${address}: refused`,
      reason: `(${user})`,
      http_request: {
        path: `/api/v3/core/users/${asPercent(user)}/?x=${asPercentAll(other)}`,
        args: { query: `next=%2F&login_hint=${asPercent(asPercent(mail))}`, [user]: 'x' },
        user_agent: `Agent (${user}; ${address})`,
      },
      model: { app: 'authentik_core', model_name: 'user', pk: 7, name: other },
      diff: {
        name: { previous_value: other.normalize('NFD'), new_value: user.normalize('NFC') },
        email: { add: [mail] },
      },
      request: {
        obj: { name: `Event action=login user={'username': '${other.replaceAll("'", '')}', 'email': '${mail}'}` },
      },
      exception: [{ exc_type: 'E', exc_value: asJson(user), frames: [{ deep: [escaped(user), `<b>${other}</b>`] }] }],
      to_email: [mail, `${user} <${mail}>`],
      ip: { previous: address, new: '::ffff:198.51.100.77' },
      own: { nested: [user, `${mail};${address}`] },
    };
    const event = safeEvent({
      action,
      user: {
        username: user,
        email: mail,
        pk: 7,
        on_behalf_of: { username: other, pk: 8 },
        authenticated_as: { username: user.toUpperCase() },
      },
      client_ip: address,
      context,
      domain_url: host,
    });
    return { event, values: [user, other, typed, mail, address, '198.51.100.77'] };
  });

/** Lower case writes a sigma by what stands beside it. */
function folded(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

/** Every writing of a value in which somebody could still read it. */
function writings(value: string): readonly string[] {
  const plain = [value, value.normalize('NFC'), value.normalize('NFD')].map(folded);
  return [
    ...new Set(
      plain.flatMap((text) => [text, asPercent(text).toLowerCase(), JSON.stringify(text).slice(1, -1), escaped(text)]),
    ),
  ];
}

function assertGone(outputs: Iterable<readonly [string, string]>, values: readonly string[]): void {
  for (const [target, text] of outputs) {
    const searched = folded(text);
    // Addresses that are quoted with letters beside them are others: 1.2.3.4 in 1.2.3.45.
    for (const writing of values.flatMap(writings)) {
      const at = searched.indexOf(writing);
      assert.ok(at < 0, `${writing} is in ${target}: ${text.slice(Math.max(0, at - 80), at + 80)}`);
    }
  }
}

for (const [what, view] of [
  ['pseudonyms', everything],
  ['pseudonyms of networks', viewOf({ addressKind: 'network' })],
  ['an allow-list', viewOf({ name: 'hidden', mail: 'hidden', address: 'hidden', select: allow('context', 'http') })],
  [
    'a deny-list',
    viewOf({ mail: 'hidden', select: { allow: undefined, deny: [['user', 'email']], context: ['own'] } }),
  ],
] as const) {
  test(`no planted value is in any output: ${what}`, () => {
    fc.assert(
      fc.property(planted, ({ event, values }) => {
        const seen = view.apply(event);
        assertGone([...renderAll(seen), ['the event', JSON.stringify(seen)]], values);
      }),
      { seed: 11, numRuns: 120 },
    );
  });
}

function allow(...keys: readonly string[]): Selection {
  return { allow: keys.map((key) => key.split('.')), deny: [], context: [] };
}

test('the test above finds what is not replaced', () => {
  const [first] = fc.sample(planted, { seed: 11, numRuns: 1 });
  assert.ok(first !== undefined);
  assert.throws(() => assertGone(renderAll(first.event), first.values), /is in/);
});

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

test('viewing twice is viewing once, and an event without anybody stays what it is', () => {
  fc.assert(
    fc.property(planted, ({ event }) => {
      const seen = everything.apply(event);
      assert.equal(everything.apply(seen), seen);
    }),
    { seed: 4, numRuns: 50 },
  );
  const nobody = safeEvent({ action: 'update_available', context: { message: 'New version 2026.8.1 available!' } });
  assert.equal(everything.apply(nobody), nobody);
});

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

test('addresses are truncated to networks', () => {
  const view = viewOf({ address: 'network' });
  const message = 'from 203.0.113.77, 2001:db8:1:2::15 and ::ffff:10.1.2.3';
  const seen = view.apply(safeEvent({ client_ip: '2001:DB8:1:2::15', context: { message } }));
  assert.equal(seen.client_ip, '2001:db8:1::/48');
  assert.equal(seen.message, 'from 203.0.113.0/24, 2001:db8:1::/48 and 10.1.2.0/24');
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

test('a further field whose key says that it is a name has one pseudonym, not that of a pseudonym', () => {
  const view = viewOf({ values: [['username'], ['email']] });
  const { context } = view.apply(
    safeEvent({ action: 'login_failed', context: { username: 'ada.l', email: ['ada@people.example'] } }),
  );
  assert.deepEqual(context, { username: byA.of('value', 'ada.l'), email: [byA.of('value', 'ada@people.example')] });
});

test('a name that looks like a pseudonym gets one of its own', () => {
  const forged = byA.of('person', 'ada');
  const { user } = everything.apply(safeEvent({ user: { username: forged } }));
  assert.notEqual(user.username, forged);
});

test("herald's own events show no names: keys, values, counts and quoted titles", () => {
  const last = safeEvent({
    action: 'login_failed',
    user: { username: 'AnonymousUser' },
    client_ip: '203.0.113.9',
    context: { username: 'jo' },
  });
  const title = quote(eventTitle(last));
  assert.deepEqual(title, { title: titleOf(last), names: ['jo'] });
  const alert = safeEvent({
    action: alertAction,
    user: { username: 'grace.hopper' },
    client_ip: '203.0.113.9',
    context: {
      rule: 'spray',
      kind: 'window',
      count: 3,
      by: { client_ip: '203.0.113.9', 'user.username': 'grace.hopper' },
      distinct: 'context.username',
      values: ['jo', 'admin', 'edith.clarke'],
      top: {
        'user.username': [
          { value: 'jo', count: 2 },
          { value: '(others)', count: 1 },
        ],
      },
      steps: [{ at: 'x', ...title }],
      last_event: { id: '1', ...title },
    },
  });
  const seen = everything.apply(alert);
  const text = JSON.stringify(seen);
  for (const value of ['"jo"', ' jo ', 'admin', 'edith', 'grace', '203.0.113.9'])
    assert.ok(!text.includes(value), value);
  const { last_event: quoted } = seen.context as { readonly last_event?: { readonly title: string } };
  assert.equal(quoted?.title, `Failed login for ${byA.of('person', 'jo')} from ${byA.of('address', '203.0.113.9')}`);
  const older = everything.apply(safeEvent({ action: alertAction, context: { last_event: { title: titleOf(last) } } }));
  assert.deepEqual(older.context, { last_event: { title: '[hidden]' } }, 'names that nobody wrote down are not shown');
});

test('a link does not look for a pseudonym, of which authentik knows nothing', () => {
  const event = safeEvent({ user: { username: 'ada', pk: 6 }, client_ip: '203.0.113.9' });
  const search = (seen: SafeEvent): string =>
    decodeURIComponent(eventLogUrl(seen, 'https://a.example')).split(';')[1] ?? '';
  assert.equal(search(event), '{"search":"ada"}');
  assert.equal(search(everything.apply(event)), '{"search":"login"}');
  assert.equal(search(viewOf({ name: 'hidden', address: 'network' }).apply(event)), '{"search":"login"}');
});

test('never throws, and shows no more than JSON, whatever an event holds', () => {
  const views = [
    everything,
    viewOf({ name: 'hidden', address: 'network', values: [['message'], ['http_request', 'path']] }),
    viewOf({ select: allow('user', 'context.http_request.args', 'context.diff') }),
    viewOf({
      select: {
        allow: undefined,
        deny: [
          ['context', 'geo'],
          ['user', 'email'],
        ],
        context: ['__proto__'],
      },
    }),
  ];
  fc.assert(
    fc.property(hostileEvent, fc.constantFrom(...views), (event, view) => {
      const seen = view.apply(event);
      const { id, at } = seen;
      assert.deepEqual({ id, at }, { id: event.id, at: event.at });
      const again = JSON.stringify(seen);
      assert.deepEqual(
        JSON.parse(JSON.stringify(withViews(fromStored(again)))),
        JSON.parse(again),
        'its readings fit its context',
      );
    }),
    { seed: 6, numRuns: 300 },
  );
});

test('time grows with the text', () => {
  const cost = (length: number): number => {
    const message = 'a@b.1.2.3.4::x%41\\u0041&amp;username='.repeat(length / 36);
    const event = safeEvent({ user: { username: 'ada' }, context: { message } });
    const start = process.cpuUsage();
    everything.apply(event);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  cost(36 * 1000);
  const [small, large] = [36 * 2000, 36 * 16_000].map((length) => Math.min(cost(length), cost(length), cost(length)));
  assert.ok(
    small !== undefined && large !== undefined && large < small * 24,
    `${small} ms, then ${large} ms for eight times the text`,
  );
});

test('time does not grow with the names that a request makes up times the text that it sends with them', () => {
  const texts: readonly (readonly [string, (length: number) => string, (length: number) => string])[] = [
    ['one word', (length) => 'a'.repeat(length), (length) => 'a'.repeat(length)],
    ['many words', (length) => 'a+'.repeat(length / 2), (length) => 'a '.repeat(length / 2)],
    ['the end differs', (length) => `${'ab'.repeat(length / 2)}c`, (length) => 'ab'.repeat(length / 2)],
    ['the beginning differs', (length) => `b${'a'.repeat(length)}`, (length) => 'a'.repeat(length)],
    ['no words', (length) => '-.'.repeat(length / 2), (length) => '-.'.repeat(length / 2)],
  ];
  for (const [what, hintOf, textOf] of texts) {
    const cost = (scale: number): number => {
      const hints = Array.from({ length: 25 * scale }, (_, at) => `login_hint=${hintOf(40 * scale + 2 * at)}`);
      const args = { q: hints.join('&') };
      const event = safeEvent({ context: { http_request: { args, user_agent: textOf(8000 * scale) } } });
      const start = process.cpuUsage();
      viewOf().apply(event);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    cost(4);
    const [small, large] = [1, 4].map((scale) => Math.min(cost(scale), cost(scale), cost(scale)));
    assert.ok(small !== undefined && large !== undefined);
    // The query grows with the square of the scale; the comparisons that are given up would grow with its fourth power.
    assert.ok(large < 16 * small + 30, `${what}: ${small} ms, then ${large} ms`);
  }
});

test('names that cannot be looked for everywhere in bounded time hide the rest of the texts', () => {
  const users = Array.from({ length: 1200 }, (_, at) => ({ username: `someone-${at}` }));
  const found = safeEvent({ context: { users, message: `someone-7 ${'x '.repeat(100_000)}` } });
  assert.equal(everything.apply(found).message?.slice(0, 27), `${byA.of('person', 'someone-7')} `);
  const crowd = safeEvent({ context: { users, message: 'someone-x '.repeat(20_000) } });
  assert.equal(everything.apply(crowd).message, '[hidden]');
});
