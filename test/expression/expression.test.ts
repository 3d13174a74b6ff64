import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { EventFacts } from '../../src/core/event.ts';
import { isObject, type JsonObject } from '../../src/core/json.ts';
import { compileExpression, type Evaluated } from '../../src/expression/expression.ts';
import { corpusEvents, safeEvent } from '../support/events.ts';

const nowMs = Date.UTC(2026, 0, 15, 10);

const facts: Partial<EventFacts> = {
  action: 'login_failed',
  client_ip: '203.0.113.7',
  user: { username: 'ada.lovelace', pk: 6, email: 'ada@example.com' },
  context: {
    attempts: 3,
    ratio: 0.5,
    flag: true,
    nothing: null,
    list: [1, 2, 3],
    words: ['a', 'b'],
    geo: { lat: 52.5, long: 13.4, city: 'Berlin', country: 'DE' },
    asn: { asn: 64511, as_org: 'Example' },
    exception: [{ exc_type: 'ValueError', exc_value: 'bad' }],
    http_request: { method: 'POST', path: '/x', user_agent: 'curl/8', args: { next: '/' } },
  },
};

function asContext(value: unknown): JsonObject {
  assert.ok(isObject(value));
  return value;
}

function evaluate(source: string, over: Partial<EventFacts> = facts): Evaluated<boolean> {
  const compiled = compileExpression(source, 'bool');
  assert.ok(compiled.ok, `${source}: ${compiled.ok ? '' : compiled.message}`);
  return compiled.evaluate({ event: safeEvent(over), nowMs });
}

function refusal(source: string): { readonly message: string; readonly offset?: number } {
  const compiled = compileExpression(source, 'bool');
  assert.ok(!compiled.ok, `${source} was accepted`);
  return compiled;
}

describe('what an expression yields', () => {
  for (const [source, value] of [
    ['event.action == "login_failed"', true],
    ['event.action in ["login", "login_failed"]', true],
    // JSON numbers are doubles, CEL's literals integers.
    ['event.user.pk == 6', true],
    ['event.user.pk != 6', false],
    ['event.user.pk in [5, 6]', true],
    ['event.context.geo.lat > 40', true],
    ['event.geo.lat > 60', false],
    ['event.context.asn.asn == 64511', true],
    ['event.asn.asn == 64511', true],
    ['event.context.attempts + 1 == 4', true],
    ['2 * event.context.attempts - 1 >= 5', true],
    ['event.context.ratio / 2 < 1', true],
    ['2 in event.context.list', true],
    ['event.context.list == [1, 2, 3]', true],
    ['size(event.context.list) == 3 && event.context.words.size() < 3', true],
    ['event.context.list[0] == 1', true],
    ['event.context.nothing == null', true],
    ['event.context.flag', true],
    ['has(event.client_ip) && has(event.context.geo) && !has(event.schema_name)', true],
    ['event.?schema_name.orValue("public") == "public"', true],
    ['event.?context.?geo.?city.orValue("") == "Berlin"', true],
    ['event.user.username.startsWith("ada") && event.user.username.endsWith("lace")', true],
    ['event.user.username.upperAscii().contains("LOVE")', true],
    ['event.user.username.split(".").size() == 2 && event.context.words.join("-") == "a-b"', true],
    ['event.context.list.exists(n, n == 2) && event.context.list.all(n, n > 0)', true],
    ['event.context.list.filter(n, n > 1).map(n, n * 2).exists(n, n == 6)', true],
    ['event.context.list.exists(n, event.context.list.exists(m, n + m == 6))', true],
    ['event.exception.exists(e, e.type == "ValueError")', true],
    ['event.exception[0].value == "bad"', true],
    ['event.context.geo.exists(key, key == "city")', true],
    ['event.http.args.next == "/"', true],
    ['event.at < now && now - event.at == duration("1h")', true],
    ['event.at.getHours() == 9 && event.at.getHours("Europe/Berlin") == 10', true],
    ['cidr("203.0.113.0/24").containsIP(event.client_ip)', true],
    ['cidr("2001:db8::/32").containsIP("2001:db8:1::5")', true],
    ['cidr("10.0.0.0/8").containsIP("::ffff:10.1.2.3")', true],
    ['cidr("::/0").containsIP("10.1.2.3")', false],
    ['cidr("::ffff:10.0.0.0/104").containsIP("10.1.2.3")', true],
    ['cidr("10.0.0.0/8").containsIP(ip("11.0.0.1"))', false],
    ['ip(event.client_ip).family() == 4 && ip("2001:DB8:0::1") == ip("2001:db8::1")', true],
    ['ip("::ffff:10.0.0.1").family() == 4', true],
    ['ip("172.16.0.1").isPrivate() && ip("fd00::1").isPrivate() && !ip("172.32.0.1").isPrivate()', true],
    ['ip("127.9.9.9").isLoopback() && ip("::1").isLoopback() && !ip("10.0.0.1").isLoopback()', true],
    ['isIP(event.client_ip) && !isIP("203.0.113")', true],
    ['re(event.user.username, "^ada\\\\.[a-z]+$")', true],
    ['re(event.user.username, "love")', true],
    ['re(event.user.username, "^love")', false],
    ['// who\nevent.action == "login_failed" // what', true],
  ] as const) {
    test(source, () => assert.deepEqual(evaluate(source), { ok: true, value }));
  }
});

describe('an evaluation error is a value', () => {
  for (const [source, message] of [
    ['event.schema_name == "x"', /No such key: schema_name/],
    ['event.context.geo.postcode == "x"', /No such key: postcode/],
    ['event.context.missing.deep == "x"', /No such key: missing/],
    ['event.action == "login_failed" && event.context.missing == 1', /No such key: missing/],
    ['event.context.attempts', /must yield a bool/],
    ['event.context.words.exists(w, w > 1)', /no such overload/],
    ['cidr("10.0.0.0/8").containsIP(event.user.username)', /not an IP address/],
    ['cidr(event.user.username).containsIP(event.client_ip)', /not a network/],
    ['event.context.list[7] == 1', /out of bounds/],
    ['1 / (size(event.context.list) - 3) == 1', /division by zero/],
  ] as const) {
    test(source, () => {
      const result = evaluate(source);
      assert.ok(!result.ok);
      assert.match(result.message, message);
    });
  }

  test('a decided && or || swallows the error of its other side', () => {
    assert.deepEqual(evaluate('event.schema_name == "x" && false'), { ok: true, value: false });
    assert.deepEqual(evaluate('true || event.schema_name == "x"'), { ok: true, value: true });
    assert.deepEqual(evaluate('has(event.schema_name) ? event.schema_name == "x" : true'), { ok: true, value: true });
  });
});

describe('refused at load', () => {
  for (const [source, message, offset] of [
    ['event.clientip == "x"', /no field "clientip" \(did you mean "client_ip"\?\)/, 6],
    ['has(event.clientip)', /no field "clientip"/, 10],
    ['event.?clientip.orValue("") == ""', /no field "clientip"/, 7],
    ['event["clientip"] == "x"', /No such key: clientip/, 0],
    ['event.user.usernme == "x"', /event\.user has no field "usernme" \(did you mean "username"\?\)/, 11],
    ['event.geo.town == "x"', /event\.geo has no field "town"/, 10],
    ['event.exception[0].typ == "x"', /did you mean "type"/, 19],
    ['evnt.action == "x"', /Unknown variable: evnt \(did you mean "event"\?\)/, 0],
    ['rule == "x"', /Unknown variable: rule/, 0],
    ['event.action == 5', /no such overload: string == int/, 0],
    ['event.action', /must yield a bool, yields string/, 0],
    ['event.action ==', /Unexpected token: EOF/, 15],
    ['', /empty/, 0],
    ['event.user.username.matches("(a+)+$")', /use re\(/, 20],
    ['"x".matches("y")', /use re\(/, 4],
    ['re(event.action, event.id)', /string literal/, 0],
    ['re(event.action, "a" + "b")', /string literal/, 0],
    ['re(event.action, "(")', /missing closing \)/, 0],
    ['re(event.action, "(?=x)")', /invalid/, 0],
    ['re(event.action, "\\\\1")', /invalid escape/, 0],
    ['cidr("10.0.0.0/33").containsIP("10.0.0.1")', /"10\.0\.0\.0\/33" is not a network/, 0],
    ['cidr("10.0.0.0/").containsIP("10.0.0.1")', /is not a network/, 0],
    ['ip("10.0.0").family() == 4', /"10\.0\.0" is not an IP address/, 0],
    ['event.action.frobnicate()', /unknown function frobnicate\(\)/, 13],
    ['event.action.startWith("a")', /did you mean "startsWith"/, 13],
    ['cel.bind(x, event.context, size(x + x) > 1)', /unknown function bind/, 4],
    ['b"{}".json() == {}', /unknown function json/, 6],
    ['__bounded(true)', /unknown function __bounded/, 0],
    [
      'event.context.a.exists(x, event.context.b.all(y, event.context.c.exists(z, x + y == z)))',
      /at most 2 of all\(\)/,
      65,
    ],
    ['event.context.a.map(x, x.map(y, y.filter(z, true))).size() == 1', /at most 2 of/, 34],
    ['event.context.a.exists(event, event == 1)', /cannot be used as a name/, 16],
    [`${'('.repeat(60)}true${')'.repeat(60)}`, /maxDepth/, 50],
    [`true ${'|| true '.repeat(1100)}`, /longer than/, undefined],
  ] as const) {
    test(source.slice(0, 60), () => {
      const refused = refusal(source);
      assert.match(refused.message, message);
      assert.equal(refused.offset, offset);
    });
  }

  test('a chain of comprehensions is no nesting', () => {
    assert.ok(evaluate('event.context.list.filter(a, true).filter(b, true).filter(c, true).exists(d, d == 1)').ok);
  });

  test('text variables are there only when they are asked for', () => {
    const compiled = compileExpression('rule == "a" && title.contains("b")', 'bool', ['rule', 'title']);
    assert.ok(compiled.ok);
    const scope = { event: safeEvent(), nowMs, rule: 'a', title: 'abc' };
    assert.deepEqual(compiled.evaluate(scope), { ok: true, value: true });
    assert.equal(compiled.evaluate({ event: safeEvent(), nowMs }).ok, false);
  });
});

describe('limits while evaluating', () => {
  const long = (length: number): Partial<EventFacts> => ({
    context: { list: Array.from({ length }, (_, index) => index), text: 'a,'.repeat(length) },
  });

  test('a list of more than 1000 items is not walked', () => {
    assert.ok(evaluate('event.context.list.exists(x, x == 999)', long(1000)).ok);
    const tooLong = evaluate('event.context.list.exists(x, x == 0)', long(1001));
    assert.ok(!tooLong.ok);
    assert.match(tooLong.message, /1001 items is too long/);
  });

  test('nor one that the expression makes itself', () => {
    for (const source of [
      'event.context.text.split("").exists(x, x == "b")',
      '(event.context.list + event.context.list).exists(x, x == -1)',
      'event.?context.?list.orValue([]).filter(x, true).map(x, event.context.text.split("").exists(y, y == "")).exists(z, z)',
    ]) {
      assert.equal(evaluate(source, long(600)).ok, false, source);
    }
  });

  test('a nested walk ends after 20,000 steps', () => {
    const source = 'event.context.list.exists(x, event.context.list.exists(y, x + y < 0))';
    assert.deepEqual(evaluate(source, long(100)), { ok: true, value: false });
    const result = evaluate(source, long(500));
    assert.ok(!result.ok);
    assert.match(result.message, /20000 steps/);
  });

  test('a pattern that makes backtracking engines run for hours is linear here', () => {
    const context = { text: `${'a'.repeat(50_000)}!` };
    assert.deepEqual(evaluate('re(event.context.text, "^(a+)+$")', { context }), { ok: true, value: false });
    assert.deepEqual(evaluate('re(event.context.text, "(a|aa)*(a|b)*c")', { context }), { ok: true, value: false });
  });
});

describe('hostile events', () => {
  const parsed = (text: string): Partial<EventFacts> => ({ context: asContext(JSON.parse(text)) });

  test('a key named constructor hides nothing', () => {
    // The library takes an object's class from `constructor`: without the shield one query parameter silences a rule.
    const event = parsed(
      '{"constructor": 1, "a": {"constructor": "x", "b": 2, "__proto__": {"c": 3}}, "l": [{"constructor": 1}]}',
    );
    assert.deepEqual(evaluate('event.context.a.b == 2', event), { ok: true, value: true });
    assert.deepEqual(evaluate('event.context["constructor"] == 1', event), { ok: true, value: true });
    assert.deepEqual(evaluate('has(event.context.a.constructor)', event), { ok: true, value: true });
    assert.deepEqual(evaluate('event.context.l.exists(x, has(x.constructor))', event), { ok: true, value: true });
    assert.deepEqual(evaluate('event.context.a.exists(k, k == "b")', event), { ok: true, value: true });
    const args = '{"http_request": {"method": "GET", "args": {"constructor": "x", "next": "/"}}}';
    assert.deepEqual(evaluate('event.http.args.next == "/"', parsed(args)), { ok: true, value: true });
  });

  test('inherited names are no keys', () => {
    for (const name of ['toString', 'hasOwnProperty', 'constructor', '__proto__x', 'valueOf']) {
      assert.deepEqual(evaluate(`has(event.context.${name})`, { context: {} }), { ok: true, value: false });
      assert.equal(evaluate(`event.context.${name} == null`, { context: {} }).ok, false);
    }
    assert.equal(evaluate('event[event.id] == null', { id: 'constructor' }).ok, false);
    assert.equal(evaluate('event[event.id] == null', { id: 'source' }).ok, false);
  });

  test('nesting without end is cut, not followed', () => {
    const deep = parsed(`{"a": ${'['.repeat(5000)}${']'.repeat(5000)}, "b": 1}`);
    assert.deepEqual(evaluate('event.context.b == 1 && event.context.a != 5', deep), { ok: true, value: true });
    assert.deepEqual(evaluate('event.context.a == event.context.a', deep), { ok: true, value: true });
  });

  const sources = [
    'event.context == {}',
    'event.context.a == event.context.b',
    'event.context.a.b == 1',
    'event.context.a > 1 || event.context.b < "x"',
    'event.context.exists(k, event.context[k] == 1)',
    'event.context.a.exists(x, x == event.context.b)',
    'event.context.a in event.context.b',
    'size(event.context.a) > 1',
    'string(event.context.a) == "x"',
    'event.context.a + event.context.b == 2',
    '!event.context.a',
    're(event.context.a, "x")',
    'cidr(event.context.a).containsIP(event.context.b)',
    'event.context.a.contains(event.context.b)',
    'event.context.a ? true : event.context.b',
    'event.context["a"][event.context.b] == null',
    'timestamp(event.context.a) < now',
  ].map((source) => {
    const compiled = compileExpression(source, 'bool');
    assert.ok(compiled.ok, source);
    return compiled;
  });

  test('no JSON makes an evaluation throw', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const keys = fc.constantFrom('a', 'b', 'constructor', '__proto__', 'toString', '');
    fc.assert(
      fc.property(fc.dictionary(keys, value), value, value, (more, a, b) => {
        const context = asContext({ ...more, a, b });
        for (const source of sources) source.evaluate({ event: safeEvent({ context }), nowMs });
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});

test('looking for missing keys first changes no result', () => {
  // The same question asked so that the shortcut cannot see it: the conditional hides the path.
  const events = corpusEvents();
  assert.ok(events.length > 150);
  for (const source of [
    'event.client_ip == "203.0.113.7"',
    'event.context.geo.country == "DE"',
    'event.user.pk == 6',
    'event.http.user_agent.contains("Mozilla")',
    'event.model.model_name in ["user", "group"]',
    'event.context.exception[0].exc_type != ""',
    'size(event.context.message) > 3',
  ]) {
    const direct = compileExpression(source, 'bool');
    const hidden = compileExpression(`event.action != "" ? ${source} : false`, 'bool');
    assert.ok(direct.ok && hidden.ok);
    for (const event of events) {
      const scope = { event, nowMs };
      assert.deepEqual(direct.evaluate(scope), hidden.evaluate(scope), source);
    }
  }
});
