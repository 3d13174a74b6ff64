import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EventFacts } from '../../src/core/event.ts';
import { messageIdDomain, userAgent } from '../../src/core/identity.ts';
import { compileRules } from '../../src/rules/compile.ts';
import type { Evaluation, Rules } from '../../src/rules/rules.ts';
import { safeEvent } from '../support/events.ts';
import { rule } from './config.ts';

const uuid = '3a5bda1b1f594ee6acf7118f628a2ede';
const at = Date.UTC(2026, 0, 15, 9);
const minuteMs = 60_000;

function everything(): Rules {
  return compileRules([rule('all', [{ action: '*' }]), rule('also all', [{ expression: 'true' }])]).rules;
}

let serial = 0;
function evaluate(rules: Rules, facts: Partial<EventFacts>): Evaluation {
  serial += 1;
  const event = safeEvent({ id: serial.toString(16).padStart(32, '0'), at, ...facts });
  const explained = rules.explain(event, at);
  const evaluation = rules.evaluate(event, at);
  const fires = explained.rules.filter((one) => one.fires).map((one) => one.rule);
  assert.deepEqual(
    fires,
    evaluation.notifications.map((one) => one.rule),
    'the explanation agrees',
  );
  assert.equal(explained.suppressed, evaluation.suppressed);
  return evaluation;
}

function count(rules: Rules, facts: Partial<EventFacts>): number {
  return evaluate(rules, facts).notifications.length;
}

describe("authentik's own loop prevention", () => {
  const event = { action: 'policy_exception', context: { policy_uuid: uuid, message: 'x' } };

  test('an event of a policy of any rule fires no rule', () => {
    for (const spelled of [uuid, '3A5BDA1B-1F59-4EE6-ACF7-118F628A2EDE']) {
      const { rules } = compileRules([
        rule('other', [{ action: '*' }]),
        rule('imported', [{ action: 'login' }], { policy_uuids: [spelled], enabled: false }),
      ]);
      assert.deepEqual(evaluate(rules, event), { notifications: [], errors: [], suppressed: 'policy_loop' });
      assert.equal(count(rules, { ...event, context: { policy_uuid: uuid.replace('3', '4') } }), 1);
    }
  });

  test('without such a policy it is an event like any other', () => {
    assert.equal(count(everything(), event), 2);
    assert.equal(count(everything(), { ...event, context: { policy_uuid: 5 } }), 2);
  });
});

describe('an event that quotes the key of an issued delivery', () => {
  const cause = 'c'.repeat(32);
  const caused = (key: string): Partial<EventFacts> => ({
    action: 'system_task_exception',
    context: { message: 'Task failed', exception: [{ exc_type: 'E', exc_value: `answer to <${key}@x> was 500` }] },
  });

  test('fires nothing, ever', () => {
    const rules = everything();
    assert.equal(count(rules, { id: cause, action: 'login' }), 2);
    for (const minutes of [0, 5, 60]) {
      const late = { ...caused(`${cause}.0123abcd`), at: at + minutes * minuteMs };
      assert.deepEqual(evaluate(rules, late), { notifications: [], errors: [], suppressed: 'own_delivery' });
    }
  });

  test('a key that was never issued is only a claim', () => {
    const rules = everything();
    assert.equal(count(rules, caused(`${cause}.0123abcd`)), 2);
    assert.equal(count(rules, caused(`${cause}.0123abcd`)), 0);
  });

  test('what only looks a little like a key is none', () => {
    for (const text of [
      `${cause}.0123abc`,
      `${cause}.0123abcde`,
      `a${cause}.0123abcd`,
      `${cause.slice(1)}.0123abcd`,
      cause,
    ]) {
      const rules = everything();
      assert.equal(count(rules, { id: cause, action: 'login' }), 2);
      assert.equal(count(rules, caused(text)), 2, text);
      assert.equal(count(rules, caused(text)), 2, text);
    }
  });

  test('keys are remembered for thousands of events, not for ever', () => {
    const rules = everything();
    assert.equal(count(rules, { id: cause, action: 'login' }), 2);
    for (let index = 0; index < 4095; index += 1) {
      rules.evaluate(safeEvent({ id: `1${index.toString(16).padStart(31, '0')}`, at }), at);
    }
    assert.equal(evaluate(rules, caused(`${cause}.0123abcd`)).suppressed, 'own_delivery');
    rules.evaluate(safeEvent({ id: 'f'.repeat(32), at }), at);
    assert.equal(count(rules, caused(`${cause}.0123abcd`)), 2);
  });
});

describe('a mark that anybody can write', () => {
  const claims: readonly Partial<EventFacts>[] = [
    { action: 'email_sent', context: { message: `Email to <x@${messageIdDomain}> sent` } },
    { action: 'system_exception', context: { message: 'boom', http_request: { user_agent: userAgent } } },
    { action: 'configuration_error', context: { message: 'bad', cause: [{ deep: [`${'d'.repeat(32)}.89abcdef`] }] } },
  ];

  test('lets each rule fire once in ten minutes', () => {
    for (const claim of claims) {
      const rules = everything();
      assert.deepEqual(evaluate(rules, claim).suppressed, undefined);
      assert.deepEqual(evaluate(rules, { ...claim, at: at + 9 * minuteMs }), {
        notifications: [],
        errors: [],
        suppressed: 'own_delivery',
      });
      assert.equal(count(rules, { ...claim, at: at + 10 * minuteMs }), 2);
    }
  });

  test('breaks a loop in which every delivery causes the next event', () => {
    const rules = everything();
    let pending = count(rules, { action: 'login' });
    let deliveries = 0;
    for (; pending > 0 && deliveries < 1000; pending -= 1) {
      deliveries += 1;
      pending += count(rules, { ...claims[1], at: at + deliveries });
    }
    assert.equal(deliveries, 4);
  });

  test('cannot silence a login, nor what happens without the mark', () => {
    const rules = everything();
    const http_request = { user_agent: userAgent };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      // #security: an attacker who sends our user agent must not be able to hide.
      assert.equal(count(rules, { action: 'login_failed', context: { http_request } }), 2);
      assert.equal(count(rules, { action: 'suspicious_request', context: { http_request } }), 2);
      assert.equal(count(rules, { action: 'policy_execution', context: { http_request } }), 2);
      assert.equal(count(rules, { action: 'system_task_exception', context: { message: 'the same again' } }), 2);
      assert.equal(count(rules, { action: 'email_sent', context: { message: 'the same again', subject: 's' } }), 2);
    }
  });

  test('is decided as before when the same event comes again', () => {
    // A batch that the journal had no room for is evaluated anew; a second source may read the same line.
    const rules = everything();
    const again = { ...claims[0], id: 'a'.repeat(32) };
    assert.equal(count(rules, again), 2);
    assert.equal(count(rules, again), 2);
    assert.equal(count(rules, { ...claims[0], id: 'b'.repeat(32) }), 0);
    assert.equal(count(rules, again), 2);
  });

  test('a rule that is held back does not count', () => {
    const { rules } = compileRules([rule('mail', [{ action: 'email_sent' }]), rule('all', [{ action: '*' }])]);
    assert.equal(count(rules, claims[1] ?? {}), 1);
    const evaluation = evaluate(rules, { ...claims[0], at: at + minuteMs });
    assert.deepEqual(
      evaluation.notifications.map((one) => one.rule),
      ['mail'],
    );
    assert.equal(evaluation.suppressed, 'own_delivery');
  });
});

test('a mark in a huge event is looked for without running away', () => {
  const rules = everything();
  const frames = Array.from({ length: 200_000 }, () => 'x');
  assert.equal(
    count(rules, {
      action: 'system_exception',
      context: { frames, text: `${'.'.repeat(300_000)}${'a'.repeat(300_000)}` },
    }),
    2,
  );
});
