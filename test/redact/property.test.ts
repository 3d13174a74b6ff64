import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withViews, type Event } from '../../src/core/event.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { createKeyRule } from '../../src/redact/key-rule.ts';
import { createRedactor } from '../../src/redact/redactor.ts';
import { scan } from '../../src/redact/scan.ts';
import { Spans } from '../../src/redact/spans.ts';
import { mayHold } from '../../src/redact/may-hold.ts';

const redactor = createRedactor({ keys: [], patterns: ['\\bEMP-\\d{6}\\b'], emailBodies: 'drop' });
const seeded = { seed: 20_260_115, numRuns: 2000 };

function event(context: JsonObject): Event {
  return withViews({ id: 'e'.repeat(32), at: 1, action: 'login', user: {}, context, origin: {} });
}

/** Pieces that mean something to some detector, and pieces that mean nothing. */
// prettier-ignore
const piece = fc.oneof(
  fc.constantFrom(
    'token', 'password', 'state', 'code', 'pin', 'name', 'Cookie', 'authorization', 'webhook_url', 'Bearer',
    'basic',
    '=', ':', ': ', '&', '?', ', ', ' ', '\n', '\n  ', '- ', '"', "'", '\\"', '\\', '[', ']', '(', ')', '{', '}',
    '<', '>', '|',
    '%', '%3D', '%253D', '%26', '%22', '&amp;', '&quot;', '&#39;', '\\u0022', '://', '@', '/', '.', ';', '#', '--',
    '*', "b'",
    'eyJhbGciOiJIUzI1NiJ9', 'ghp_0123456789abcdefghij0123', 'SG.', '-----BEGIN PRIVATE KEY-----', '-----END',
    '123456',
    '[redacted:key]', '[redacted:', 'redacted:jwt]', 'EMP-123456', 'use-token/', '/hooks/', 'services/T/B/', 'é',
    '💥', '\u0000',
  ),
  fc.string({ maxLength: 6 }),
);
const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
const key = fc.oneof(
  text,
  fc.constantFrom('__proto__', 'constructor', 'locals', 'expression', 'args', 'new_value', 'body'),
);

const context = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 4 })
    .map((entries): JsonObject => Object.fromEntries(entries)),
})).object;

test('redacting twice is redacting once, whatever the event holds', () => {
  fc.assert(
    fc.property(context, (value) => {
      const once = redactor.redact(event(value)).event;
      const twice = redactor.redact(once);
      assert.equal(JSON.stringify(twice.event), JSON.stringify(once));
    }),
    seeded,
  );
});

test('the cheap first look never passes over what a detector would find', () => {
  const keys = createKeyRule([]);
  // Texts of few pieces, most of which have no separator: those are the ones that the first look may pass.
  // prettier-ignore
  const bare = fc.constantFrom(
    'Bearer abc123def456', 'BASIC c3ZjOnBhc3M=', '/recovery/use-token/abc/', '/hooks/xjsh3k4h5j6k7l8m9n0p', 'eyJzaWQiOiJmYWtlIn0',
    'services/T0A/B0B/aBcD', 'api/webhooks/12345/abc', 'webhookb2/abc', 'ghp_0123456789abcdefghij0123', 'SG.aBcDeFgHiJkLmNoPqRsTuVwX',
    '-----BEGIN PRIVATE KEY-----', '--password hunter2', 'code 123456', 'your PIN is 1234', 'otp 123 456', 'xoxb-0123456789abcdef',
    'glpat-0123456789abcdef', 'sk-0123456789abcdefghij', 'AIza0123456789abcdefghij0123456789', ' ', '/', '(', ')', '.', '!', 'x',
  );
  const plain = fc.array(fc.oneof(bare, piece), { maxLength: 5 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(plain, (value) => {
      const found = new Spans();
      const encoded = scan(value, keys, found);
      if (!mayHold(value)) assert.deepEqual([found.size, encoded], [0, false]);
    }),
    { ...seeded, numRuns: 10_000 },
  );
});

test('the shape stays: the same structure, and every text that holds no mark is the text that was there', () => {
  const same = (before: Json, after: Json): void => {
    if (typeof after === 'string' && after.includes('[redacted:')) return;
    if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) {
      assert.deepEqual(after, before);
      return;
    }
    const [was, is] = [Object.entries(before), Object.entries(after)];
    if (Object.keys(after).some((name) => name.includes('[redacted:'))) return;
    assert.deepEqual(
      is.map(([name]) => name),
      was.map(([name]) => name),
    );
    for (const [i, [, item]] of was.entries()) same(item, is[i]?.[1] ?? null);
  };
  fc.assert(
    fc.property(context, (value) => same(value, redactor.redact(event(value)).event.context)),
    seeded,
  );
});

// Upper and lower case and digits, as tokens are made; the `Zq9` at both ends is never in the texts around it.
const secret = fc.stringMatching(/^[A-Za-z0-9]{8,24}$/).map((random) => `Zq9${random}7zQ`);

/** How a secret stands in a text that somebody logs. */
const plant = fc.constantFrom<(secret: string) => string>(
  (s) => `/flow/?a=b&token=${s}&next=/`,
  (s) => `https://a.example/cb?code=${s}&state=x`,
  (s) => `client_id=a&state=${s}`,
  (s) => `{'pk': 1, 'pin': '${s}', 'b': True}`,
  (s) => `{"a": [{"client_secret": "${s}"}]}`,
  (s) => `password=${s}`,
  (s) => `bind failed, password: ${s}.`,
  (s) => `a:\n  api_key: ${s}\n  b: c`,
  (s) => `Authorization: Bearer ${s}`,
  (s) => `sent Bearer ${s} again`,
  (s) => `postgres://ada:${s}@db.example/x`,
  (s) => `authentik_session=${s}; lang=de`,
  (s) => `map[Cookie:[a=${s}] Host:[x]]`,
  (s) => `[(b'authorization', b'Token ${s}')]`,
  (s) => `see eyJhbGciOiJIUzI1NiJ9.${s}.${s}`,
  (s) => `-----BEGIN PRIVATE KEY-----\n${s}\n-----END PRIVATE KEY-----`,
  (s) => `https://hooks.slack.com/services/T0A/B0B/${s}`,
  (s) => `https://discord.com/api/webhooks/1234567/${s}`,
  (s) => `/recovery/use-token/${s}/`,
);

/** What may be done to a text before it is logged. */
const wrap = fc.constantFrom<(text: string) => string>(
  (t) => t,
  (t) => encodeURIComponent(t),
  (t) => encodeURIComponent(encodeURIComponent(t)),
  (t) => `/?next=${encodeURIComponent(t)}&x=1`,
  (t) => JSON.stringify({ a: t }),
  (t) => JSON.stringify({ b: JSON.stringify({ a: t }) }),
  (t) => `Traceback (most recent call last):\n  File "x.py", line 3, in y\nE: ${t}`,
  (t) => `<a href="${t.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')}">x</a>`,
  (t) => `Größe ${t} 💥`,
);

test('a planted secret never survives, however it is wrapped and nested', () => {
  fc.assert(
    fc.property(
      secret,
      plant,
      wrap,
      context,
      fc.array(fc.constantFrom('a', 'list', 'message', 'diff')),
      (value, planted, wrapped, around, path) => {
        const leaf = wrapped(planted(value));
        const nested = path.reduce<Json>((inner, name) => (name === 'list' ? [1, inner] : { [name]: inner }), leaf);
        const safe = JSON.stringify(redactor.redact(event({ ...around, planted: nested })).event);
        assert.ok(!safe.includes(value), safe);
      },
    ),
    seeded,
  );
});

test('a value under a secret key never survives, whatever it is', () => {
  const name = fc.constantFrom(
    'password',
    'client_secret',
    'X-Api-Key',
    'otp',
    'doorPin',
    'session',
    'recovery_code',
    'pwd',
  );
  fc.assert(
    fc.property(name, secret, fc.boolean(), (field, value, listed) => {
      const safe = JSON.stringify(
        redactor.redact(event({ attributes: { [field]: listed ? [`${value} x`] : value } })).event,
      );
      assert.ok(!safe.includes(value), safe);
    }),
    seeded,
  );
});
