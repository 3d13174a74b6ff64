import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compileQuery } from '../../src/expression/akql/query.ts';
import { safeEvent } from '../support/events.ts';

const event = safeEvent({
  at: Date.UTC(2026, 0, 15, 9, 30),
  action: 'login_failed',
  client_ip: '203.0.113.7',
  user: { username: 'ada', pk: 7, email: '', is_anonymous: false },
  context: {
    geo: { country: 'DE', lat: 52.5 },
    http_request: { path: '/api/v3/flows/', method: 'POST' },
    stage: null,
    known_device: true,
    'a key': { '1st': 'x' },
  },
});

function matches(source: string): boolean {
  const compiled = compileQuery(source);
  assert.ok(compiled.ok, compiled.ok ? '' : `${source}: ${compiled.message}`);
  return compiled.matches(event);
}

describe('a query matches', () => {
  for (const [source, expected] of [
    ['action = "login_failed"', true],
    ['action != "login_failed"', false],
    ['action = "Login_failed"', false],
    ['user.username in ["ana", "ada"]', true],
    ['user.username in ("ana","ada")', true],
    ['user.username not in ("ana", "grace")', true],
    ['user.pk = 7', true],
    ['user.pk = "7"', false],
    ['user.pk >= 7 and user.pk < 8', true],
    ['user.is_anonymous = False', true],
    ['user.email = ""', true],
    ['user.nickname = None', true],
    ['user.nickname != "x"', true],
    ['context.stage = None', true],
    ['context.known_device = True', true],
    ['context.geo.country = "DE"', true],
    ['context.geo.country.name = "DE"', false],
    ['context.geo.lat > 52.4', true],
    ['context.geo.lat > "52"', false],
    ['context.http_request.path ~ "FLOWS"', true],
    ['context.http_request.path !~ "flows"', false],
    ['context.http_request.path startswith "/API"', true],
    ['context.http_request.path not endswith "/flows/"', false],
    ['client_ip startswith "203.0.113."', true],
    ['created >= "2026-01-15" and created < "2026-01-15 09:31"', true],
    ['created ~ "2026-01"', true],
    ['(action = "x" or action = "login_failed") and user.pk = 7', true],
    // DjangoQL groups from the right: true or (true and false).
    ['user.pk = 7 or action = "login_failed" and user.pk = 8', true],
    // true and (false or true), where and binding tighter would give the same; and false and (true or true) = false.
    ['user.pk = 8 and user.pk = 7 or user.pk = 7', false],
    ['action = "login\\u005ffailed"', true],
    ['action="login_failed"\n and\tuser.pk=7', true],
    ['context.constructor = None', true],
  ] as const) {
    test(`${source.replaceAll('\n', ' ')}: ${expected}`, () => assert.equal(matches(source), expected));
  }
});

describe('what is wrong is said with its place', () => {
  for (const [source, at, message] of [
    ['', 0, /a comparison is missing/],
    ['ada', 3, /expected an operator behind "ada"/],
    ['action = login', 9, /expected a value, found "login"; texts stand in double quotes/],
    ["action = 'login'", 9, /texts stand in double quotes/],
    ['action = "login', 9, /no closing quote/],
    ['action = "login" user.pk = 7', 17, /expected "and", "or" or the end, found "user.pk"/],
    ['(action = "login"', 0, /the parenthesis is not closed/],
    ['user.username in ["ana"', 17, /the list is not closed/],
    ['user.username in "ana"', 17, /expected a list/],
    ['acton = "login"', 0, /no field "acton" \(did you mean "action"\?\)/],
    ['user = "ada"', 0, /no field "user"/],
    ['event_uuid = "x"', 0, /authentik's log has no event_uuid/],
    ['brand.name = "x"', 0, /authentik's log has no brand/],
    ['user.pk ~ 7', 0, /~ wants a text/],
    ['created > "yesterday"', 0, /created is compared with a time/],
    ['action = "a" and', 16, /a comparison is missing/],
    [`${'('.repeat(60)}action = "a"${')'.repeat(60)}`, 51, /nested too deeply/],
  ] as const) {
    test(source.slice(0, 60) || '(nothing)', () => {
      const compiled = compileQuery(source);
      assert.ok(!compiled.ok);
      assert.match(compiled.message, message);
      assert.equal(compiled.at, at);
    });
  }
});

test('whatever the text, compiling gives an answer, and matching a bool', () => {
  const part = fc.constantFrom(
    'action',
    'user.pk',
    'context.a.b',
    '=',
    '!=',
    '~',
    'in',
    'not',
    'startswith',
    '(',
    ')',
    '[',
    ']',
    ',',
    '"x"',
    '7',
    'and',
    'or',
    'None',
    '"',
    '\\',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const compiled = compileQuery(parts.join(' '));
      if (compiled.ok) assert.equal(typeof compiled.matches(event), 'boolean');
      else assert.ok(compiled.at >= 0 && compiled.message !== '');
    }),
    { seed: 3, numRuns: 2000 },
  );
});
