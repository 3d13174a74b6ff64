import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { EventFacts } from '../../src/core/event.ts';
import type { PolicyConfig } from '../../src/rules/policy-config.ts';
import { compileGlob } from '../../src/rules/glob.ts';
import { compileMatcher, type MatcherProblem } from '../../src/rules/matcher.ts';
import { safeEvent } from '../support/events.ts';
import { policy } from './config.ts';

const facts: Partial<EventFacts> = {
  action: 'model_updated',
  client_ip: '203.0.113.7',
  user: { username: 'ada.lovelace', pk: 6, on_behalf_of: { username: 'grace' } },
  schema_name: 'public',
  context: {
    model: { app: 'authentik_core', model_name: 'user', pk: 7, name: 'grace' },
    authorized_application: { app: 'authentik_core', model_name: 'application', pk: '4f10', name: 'Wiki' },
  },
};
// app: inferred by withViews from the action.

function matches(fields: Partial<PolicyConfig>, over: Partial<EventFacts> = facts): boolean {
  const problems: MatcherProblem[] = [];
  const matcher = compileMatcher(policy(fields), problems);
  assert.deepEqual(problems, []);
  const event = safeEvent(over);
  const matched = matcher.matches(event);
  assert.equal(matcher.mismatch(event) === undefined, matched, 'the explanation agrees');
  if (matched) assert.ok(matcher.mayMatch(event.action), 'the index agrees');
  return matched;
}

describe('one field', () => {
  for (const [fields, expected] of [
    // authentik's: strict equality.
    [{ action: 'model_updated' }, true],
    [{ action: 'Model_updated' }, false],
    [{ action: 'model_' }, false],
    [{ app: 'authentik.events.middleware' }, true],
    [{ app: 'authentik.events.signals' }, false],
    [{ model: 'authentik_core.user' }, true],
    [{ model: 'user' }, false],
    [{ model: 'authentik_core.group' }, false],
    [{ client_ip: '203.0.113.7' }, true],
    [{ client_ip: '203.0.113.8' }, false],
    // Ours.
    [{ username: 'ada.lovelace' }, true],
    [{ username: 'grace' }, false],
    [{ application: 'Wiki' }, true],
    [{ application: '4f10' }, true],
    [{ application: 'Grafana' }, false],
    [{ schema_name: 'public' }, true],
    [{ action: '*' }, true],
    [{ action: 'model_*' }, true],
    [{ action: '*_updated' }, true],
    [{ action: 'm*d*d' }, true],
    [{ action: 'custom_*' }, false],
    [{ model: 'authentik_core.*' }, true],
    [{ username: '*LOVE*' }, false],
    [{ action: ['login', 'model_updated'] }, true],
    [{ action: ['login', 'logout'] }, false],
    [{ action: ['login', 'model_*'] }, true],
    [{ client_ip: '203.0.113.0/24' }, true],
    [{ client_ip: '203.0.113.0/29' }, true],
    [{ client_ip: '203.0.113.8/29' }, false],
    [{ client_ip: ['10.0.0.0/8', '203.0.113.7'] }, true],
    [{ client_ip: ['10.0.0.0/8', '2001:db8::/32'] }, false],
    [{ client_ip: '203.0.*' }, true],
    [{ client_ip: '::/0' }, false],
  ] as const) {
    test(JSON.stringify(fields), () => assert.equal(matches(fields), expected));
  }
});

describe('addresses in any spelling', () => {
  for (const [wanted, address, expected] of [
    ['2001:db8::/32', '2001:0DB8:0:0:0:0:0:1', true],
    ['2001:db8::1', '2001:0db8::0001', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.1.2.3', '10.1.2.3', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['10.0.0.0/8', 'not an address', false],
    ['10.0.0.0/8', '', false],
  ] as const) {
    test(`${wanted} and ${address}`, () => {
      assert.equal(matches({ client_ip: wanted }, { ...facts, client_ip: address }), expected);
    });
  }
});

test('all set fields must match', () => {
  assert.equal(matches({ action: 'model_updated', model: 'authentik_core.user', client_ip: '203.0.113.0/24' }), true);
  assert.equal(matches({ action: 'model_updated', model: 'authentik_core.user', client_ip: '10.0.0.0/8' }), false);
  assert.equal(matches({ action: 'login', model: 'authentik_core.user' }), false);
});

test('a field that the event lacks never matches', () => {
  for (const field of ['client_ip', 'app', 'model', 'username', 'application', 'schema_name'] as const) {
    assert.equal(matches({ [field]: '*' }, { action: 'unheard_of' }), false, field);
  }
  const broken = { model: 'authentik_core.user', application: [1] } as const;
  assert.equal(matches({ model: '*' }, { action: 'unheard_of', context: broken }), false);
  assert.equal(matches({ application: '*' }, { action: 'unheard_of', context: broken }), false);
});

test('what is wrong is said with its place', () => {
  const problems: MatcherProblem[] = [];
  compileMatcher(policy({ client_ip: ['10.0.0.0/8', '10.0.0.0/33'], username: '', action: [] }), problems);
  compileMatcher(policy({ client_ip: 'localhost' }), problems);
  compileMatcher(policy({ app: ['authentik.events.*', 'authentik.events.signal', 'authentik_core'] }), problems);
  const known = /; known: authentik\.admin\.tasks, .* write "model: authentik_core\.\*"$/;
  const told = problems.map(({ path, message }) => ({ path, message: message.replace(known, '') }));
  assert.deepEqual(told, [
    { path: ['action'], message: 'empty' },
    { path: ['client_ip', 1], message: '"10.0.0.0/33" is neither an IP address nor a network' },
    { path: ['username'], message: 'empty' },
    { path: ['client_ip'], message: '"localhost" is neither an IP address nor a network' },
    {
      path: ['app', 1],
      message: 'no event has the app "authentik.events.signal"',
    },
    { path: ['app', 2], message: 'no event has the app "authentik_core"' },
  ]);
});

test('a mismatch is explained', () => {
  const why = (fields: Partial<PolicyConfig>): string | undefined =>
    compileMatcher(policy(fields), []).mismatch(safeEvent({ action: 'login' }));
  assert.equal(why({ action: 'login_failed' }), 'action is login, not login_failed');
  assert.equal(why({ action: ['logout', 'x_*'] }), 'action is login, not one of logout, x_*');
  assert.equal(why({ action: 'login', client_ip: '10.0.0.0/8' }), 'the event has no client_ip');
  assert.equal(why({ action: 'login' }), undefined);
});

describe('glob', () => {
  test('means the same as the regular expression with .* for *', () => {
    const letters = fc.constantFrom('a', 'a', 'b', '.', '*', '*', '\n', '\\');
    const short = fc.array(letters, { maxLength: 6 });
    fc.assert(
      fc.property(short, short, (patternParts, textParts) => {
        const pattern = patternParts.join('');
        const text = textParts.join('');
        const source = pattern
          .split('*')
          .map((part) => part.replaceAll(/[.\\]/g, String.raw`\$&`))
          .join('.*');
        assert.equal(compileGlob(pattern)(text), new RegExp(`^${source}$`, 's').test(text), `${pattern} on ${text}`);
      }),
      { numRuns: 10_000, seed: 3 },
    );
  });

  test('the parts do not overlap', () => {
    for (const pattern of ['a*a', 'a*b*b', '*ab*b']) assert.equal(compileGlob(pattern)('ab'), false, pattern);
    assert.equal(compileGlob('a*a')('a'), false);
    assert.equal(compileGlob('a*b*b')('abb'), true);
  });

  test('many stars on a long text do not run away', () => {
    assert.equal(compileGlob(`${'*a'.repeat(50)}*b`)('a'.repeat(100_000)), false);
  });
});
