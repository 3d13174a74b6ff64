import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { severities } from '../../src/core/delivery.ts';
import type { EventFacts } from '../../src/core/event.ts';
import { isObject } from '../../src/core/json.ts';
import type { RuleConfig } from '../../src/rules/config.ts';
import type { PolicyConfig } from '../../src/rules/policy-config.ts';
import { compileRules } from '../../src/rules/compile.ts';
import type { Rules } from '../../src/rules/rules.ts';
import { corpusEvents, safeEvent } from '../support/events.ts';
import { rule } from './config.ts';

const nowMs = Date.UTC(2026, 0, 15, 10);

function compiled(...configs: readonly RuleConfig[]): Rules {
  const { rules, problems } = compileRules(configs);
  assert.deepEqual(problems, []);
  return rules;
}

function fired(rules: Rules, facts: Partial<EventFacts>): readonly string[] {
  const event = safeEvent(facts);
  const explained = rules.explain(event, nowMs).rules.flatMap(({ rule: name, fires }) => (fires ? [name] : []));
  const names = rules.evaluate(event, nowMs).notifications.map(({ rule: name }) => name);
  assert.deepEqual(explained, names, 'the explanation agrees');
  return names;
}

const yes: Partial<PolicyConfig> = { action: 'login' };
const no: Partial<PolicyConfig> = { action: 'logout' };
const yesCel: Partial<PolicyConfig> = { expression: 'event.action == "login"' };
const noCel: Partial<PolicyConfig> = { expression: 'event.action == "logout"' };
const fails: Partial<PolicyConfig> = { expression: 'event.schema_name == "x"' };

describe("authentik's policy engine", () => {
  for (const [what, policies, mode, fires, error] of [
    ['any: one passes', [no, yes], 'any', true, false],
    ['any: none passes', [no, noCel], 'any', false, false],
    ['all: all pass', [yes, yesCel], 'all', true, false],
    ['all: one does not', [yes, noCel], 'all', false, false],
    ['no policy never fires', [], 'any', false, false],
    ['no policy never fires, not in mode all either', [], 'all', false, false],
    ['a disabled policy does not count', [{ ...yes, enabled: false }, no], 'any', false, false],
    ['a disabled policy does not count in mode all', [yes, { ...no, enabled: false }], 'all', true, false],
    ['only disabled policies are none', [{ ...no, enabled: false }], 'all', false, false],
    ['negate turns a matcher round', [{ ...no, negate: true }], 'any', true, false],
    ['negate turns an expression round', [{ ...yesCel, negate: true }], 'any', false, false],
    ['negate of an absent field passes', [{ client_ip: '10.0.0.1', negate: true }], 'any', true, false],
    ['an error is a non-match', [fails], 'any', false, true],
    ['an error counts as failure_result', [{ ...fails, failure_result: true }], 'any', true, true],
    ['negate is not applied to an error', [{ ...fails, negate: true }], 'any', false, true],
    ['nor to failure_result', [{ ...fails, negate: true, failure_result: true }], 'any', true, true],
    ['failure_result without an error changes nothing', [{ ...noCel, failure_result: true }], 'any', false, false],
    ['an error beside a passing expression', [fails, yesCel], 'any', true, true],
    ['an error after a passing expression', [yesCel, fails], 'any', true, true],
    ['an error beside a failing expression, all', [noCel, fails], 'all', false, true],
    // Matchers decide first, wherever they stand: what cannot matter is no error.
    ['any: a matcher has decided', [fails, yes], 'any', true, false],
    ['all: a matcher has decided', [fails, no], 'all', false, false],
    ['all: a matcher has not decided', [fails, yes], 'all', false, true],
  ] as const) {
    test(what, () => {
      const rules = compiled(rule('r', policies, { mode }));
      assert.deepEqual(fired(rules, { action: 'login' }), fires ? ['r'] : []);
      assert.deepEqual(rules.evaluate(safeEvent({ action: 'login' }), nowMs).errors, error ? ['r'] : []);
    });
  }

  test('a disabled rule never fires', () => {
    assert.deepEqual(fired(compiled(rule('r', [yes], { enabled: false })), { action: 'login' }), []);
  });

  test('every rule is asked, in order, and says who gets what', () => {
    const rules = compiled(
      rule('first', [yes], { severity: 'alert', destinations: ['a', 'b'] }),
      rule('second', [no]),
      rule('third', [{ action: '*' }]),
    );
    assert.deepEqual(rules.evaluate(safeEvent({ action: 'login' }), nowMs), {
      notifications: [
        { rule: 'first', severity: 'alert', destinations: ['a', 'b'] },
        { rule: 'third', severity: 'notice', destinations: ['chat'] },
      ],
      errors: [],
    });
  });

  test('expressions see the time that is passed in', () => {
    const rules = compiled(rule('r', [{ expression: 'now - event.at > duration("30m")' }]));
    const event = safeEvent({ action: 'login' });
    assert.equal(rules.evaluate(event, event.at + 1_900_000).notifications.length, 1);
    assert.equal(rules.evaluate(event, event.at + 1_700_000).notifications.length, 0);
  });
});

test('the index over actions changes nothing', () => {
  const policies: readonly Partial<PolicyConfig>[] = [
    { action: 'login' },
    { action: ['login', 'custom_*'] },
    { action: '*' },
    { action: 'login', username: 'ada' },
    { username: 'ada' },
    { expression: 'event.action.startsWith("log")' },
    { expression: 'event.user.username == "ada"' },
  ];
  const all = policies.flatMap((one) => [one, { ...one, negate: true }]);
  const value = (given: Partial<PolicyConfig>, action: string, username: string | undefined): boolean => {
    if (given.expression?.includes('username') === true && username === undefined) return given.failure_result === true;
    const result =
      given.expression === undefined
        ? (given.action === undefined ||
            (action === 'login' && given.action !== undefined) ||
            given.action === '*' ||
            (Array.isArray(given.action) && action.startsWith('custom_'))) &&
          (given.username === undefined || username === given.username)
        : given.expression.includes('username')
          ? username === 'ada'
          : action.startsWith('log');
    return result !== (given.negate ?? false);
  };
  const policyOf = fc.tuple(fc.constantFrom(...all), fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(
      fc.array(policyOf, { maxLength: 4 }),
      fc.constantFrom('any', 'all'),
      fc.array(
        fc.tuple(fc.constantFrom('login', 'logout', 'custom_x', 'other'), fc.constantFrom('ada', 'bob', undefined)),
      ),
      (chosen, mode, events) => {
        const given = chosen.map(([one, enabled, failure_result]) => ({ ...one, enabled, failure_result }));
        const rules = compiled(rule('r', given, { mode }));
        for (const [action, username] of events) {
          const results = given.filter(({ enabled }) => enabled).map((one) => value(one, action, username));
          const expected = results.length > 0 && (mode === 'any' ? results.includes(true) : !results.includes(false));
          const facts = { action, user: username === undefined ? {} : { username } };
          assert.deepEqual(fired(rules, facts), expected ? ['r'] : [], JSON.stringify([given, action, username]));
        }
      },
    ),
    { numRuns: 150, seed: 5 },
  );
});

test('all problems at once, with their places', () => {
  const { problems } = compileRules([
    rule('a', [{ action: 'login' }, { expression: 'event.acton == "x"' }, { client_ip: ['10.0.0.1', '10.0.0'] }]),
    rule('a', [{}, { action: 'login', expression: 'true' }, { expression: 'event.action', enabled: false }]),
    rule('b', [{ expression: 'event.action.matches("x")' }], { enabled: false }),
  ]);
  assert.deepEqual(
    problems.map(({ path, message }) => [path.join('.'), message.slice(0, 40)]),
    [
      ['1.name', 'a second rule named "a"'],
      ['0.policies.1.expression', 'event has no field "acton" (did you mean'],
      ['0.policies.2.client_ip.1', '"10.0.0" is neither an IP address nor a '],
      ['1.policies.0', 'nothing to match: set one of action, cli'],
      ['1.policies.1.expression', 'an expression stands alone; move action '],
      ['1.policies.2.expression', 'must yield a bool, yields string (at cha'],
      ['2.policies.0.expression', 'matches() is refused, its patterns can r'],
    ],
  );
});

describe('explain', () => {
  test('has one sentence for every policy', () => {
    const rules = compiled(
      rule('r', [no, { ...no, negate: true }, yesCel, { ...fails, failure_result: true }, { ...yes, enabled: false }], {
        mode: 'all',
      }),
      rule('off', [yes], { enabled: false }),
      rule('none', []),
    );
    assert.deepEqual(rules.explain(safeEvent({ action: 'login' }), nowMs), {
      rules: [
        {
          rule: 'r',
          fires: false,
          reason: '3 of 4 policies pass (mode: all)',
          policies: [
            { policy: 'action: logout', passes: false, reason: 'action is login, not logout' },
            { policy: 'not (action: logout)', passes: true, reason: 'action is login, not logout (negated)' },
            { policy: 'event.action == "login"', passes: true, reason: 'the expression is true' },
            {
              policy: 'event.schema_name == "x"',
              passes: true,
              reason: 'the expression failed, which counts as true: No such key: schema_name',
            },
          ],
        },
        {
          rule: 'off',
          fires: false,
          reason: 'the rule is disabled',
          policies: [{ policy: 'action: login', passes: true, reason: 'action: login matches' }],
        },
        { rule: 'none', fires: false, reason: 'no policy is enabled, so it never fires', policies: [] },
      ],
    });
  });
});

test('the corpus: what fires is what a plain reading of the lines says', () => {
  const rules = compiled(
    rule('all', [{ action: '*' }]),
    rule('failed', [{ action: 'login_failed' }]),
    rule('failed, by expression', [{ expression: 'event.action == "login_failed"' }]),
    rule('users changed', [{ action: 'model_*', model: 'authentik_core.user' }]),
    rule('exceptions', [{ expression: 'has(event.exception)' }]),
  );
  const events = corpusEvents();
  const counts = new Map<string, number>();
  for (const event of events) {
    for (const { rule: name, severity } of rules.evaluate(event, nowMs).notifications) {
      assert.ok(severities.includes(severity));
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const failed = events.filter(({ action }) => action === 'login_failed').length;
  const model = events.filter((event) => event.action.startsWith('model_') && event.model?.model_name === 'user');
  assert.ok(failed > 3 && model.length > 0);
  assert.deepEqual(Object.fromEntries(counts), {
    all: events.length,
    failed,
    'failed, by expression': failed,
    'users changed': model.length,
    exceptions: events.filter((event) => event.exception !== undefined).length,
  });
});

test('no event makes a rule throw', () => {
  const rules = compiled(
    rule('everything', [
      ...['action', 'client_ip', 'app', 'model', 'username', 'application', 'schema_name'].map((field) => ({
        [field]:
          field === 'client_ip' ? '10.0.0.0/8' : field === 'app' ? ['a*', 'authentik.events.signals'] : ['a*', 'b'],
      })),
      { expression: 'event.context.a == event.context.b || re(event.context.a, "x")' },
      { expression: 'event.user.username in event.context.a && event.model.pk == 1' },
    ]),
    rule('loop', [{ action: '*' }], { policy_uuids: ['3a5bda1b1f594ee6acf7118f628a2ede'] }),
  );
  const keys = fc.constantFrom(
    'a',
    'b',
    'model',
    'geo',
    'http_request',
    'exception',
    'policy_uuid',
    '__proto__',
    'constructor',
  );
  fc.assert(
    fc.property(
      fc.string(),
      fc.dictionary(keys, fc.jsonValue()),
      fc.option(fc.string(), { nil: undefined }),
      (action, more, client_ip) => {
        const context: unknown = JSON.parse(JSON.stringify(more));
        assert.ok(isObject(context));
        const facts = { action: `${action}_exception`, context };
        const event = safeEvent({ ...facts, ...(client_ip !== undefined && { client_ip }) });
        rules.evaluate(event, nowMs);
        rules.explain(event, nowMs);
      },
    ),
    { numRuns: 200, seed: 9 },
  );
});

test('a flood of made-up actions does not grow the index for ever', () => {
  const rules = compiled(rule('r', [{ action: 'custom_*' }]), rule('s', [{ action: 'login' }]));
  for (let serial = 0; serial < 2000; serial += 1) {
    assert.deepEqual(fired(rules, { action: `custom_${serial}` }), ['r']);
  }
  assert.deepEqual(fired(rules, { action: 'login' }), ['s']);
});
