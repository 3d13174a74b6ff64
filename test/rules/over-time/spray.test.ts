import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Remembered } from '../../../src/core/rule-state.ts';
import type { Alert } from '../../../src/rules/alert.ts';
import { keysMax } from '../../../src/rules/over-time/memory.ts';
import { compileRules } from '../../../src/rules/compile.ts';
import { rule } from '../config.ts';
import { safeEvent } from '../../support/events.ts';
import { applyChanges, hour, minute, second, t0 } from './run.ts';

const eventsMax = 100_000;
const addresses = 50_000;
const by = ['event.client_ip'];
const failed = [{ action: 'login_failed' }];

/** What rules made of 100,000 failed logins from 50,000 addresses in a minute; each address comes twice, half a minute apart. */
describe('a spray of 100,000 failed logins from 50,000 addresses in a minute', () => {
  const { rules, problems } = compileRules([
    rule('all', failed, { group: { by: [], wait: 30 * second, interval: 5 * minute } }),
    rule('each', failed, { suppress: { for: hour, by } }),
    rule('burst', failed, { window: { count: 100, within: minute, by: ['event.action'] } }),
    rule('twice', failed, { window: { count: 2, within: minute, by } }),
    rule('loud', failed, { window: { count: 5, within: minute, by, distinct: 'event.user.username' } }),
  ]);
  const told: Alert[] = [];
  const rows = new Map<string, Remembered>();
  let notifications = 0;
  let held = 0;
  let evictions = new Map<string, number>();

  const of = (name: string): readonly Alert[] => told.filter((alert) => alert.rule === name);
  const counted = (name: string): number =>
    of(name).reduce((sum, { facts }) => sum + Number(facts.context['count']), 0);

  function write(): void {
    applyChanges(rules.changes(), rows);
  }

  before(() => {
    assert.deepEqual(problems, []);
    for (let serial = 0; serial < eventsMax; serial += 1) {
      const one = serial % addresses;
      const atMs = t0 + Math.floor((serial * minute) / eventsMax);
      // One of them really guesses: it tries another name every second.
      const guess = serial % 1667 === 0;
      const event = safeEvent({
        id: serial.toString(16).padStart(32, '0'),
        at: atMs,
        action: 'login_failed',
        client_ip: guess ? '203.0.113.7' : `2001:db8::${one.toString(16)}`,
        user: { username: `user-${serial}` },
        context: {},
      });
      const evaluation = rules.evaluate(event, atMs);
      notifications += evaluation.notifications.length;
      held += evaluation.held?.filter(({ rule: name }) => name === 'each').length ?? 0;
      told.push(...(evaluation.alerts ?? []));
      if (serial % 1000 === 0) {
        told.push(...rules.due(atMs));
        write();
      }
    }
    told.push(...rules.due(t0 + 2 * hour));
    write();
    evictions = new Map(rules.takeEvictions());
  });

  test('group sends its messages and no more, and counts every event', () => {
    assert.equal(of('all').length, 2);
    assert.equal(counted('all'), eventsMax);
  });

  test('memory is bounded, and what had to go is counted by rule', () => {
    const perPart = Map.groupBy(rows.keys(), (name) => name.split('/').slice(0, 2).join('/'));
    for (const [part, names] of perPart) assert.ok(names.length <= keysMax, part);
    for (const name of ['each', 'twice', 'loud']) {
      const count = evictions.get(name) ?? 0;
      assert.ok(count >= 2 * addresses - 61 - 2 * keysMax && count < eventsMax, `${name}: ${count}`);
    }
    assert.deepEqual([...evictions.keys()], ['each', 'twice', 'loud']);
  });

  test('counts by few keys are exact', () => {
    assert.equal(of('burst').length, eventsMax / 100);
  });

  test('what suppress held back is told, also of keys that had to go', () => {
    assert.equal(notifications + held, eventsMax);
    assert.equal(counted('each'), held);
  });

  test('the attacker among them is found, though his address is one of 50,000', () => {
    assert.deepEqual(new Set(of('loud').map(({ facts }) => facts.client_ip)), new Set(['203.0.113.7']));
    assert.equal(of('loud').length, 12);
  });

  test('above so many keys at once, an address whose events lie further apart than they is missed, and none is made up', () => {
    // 50,000 other addresses lie between the two events of each; the one that guesses comes twice within 10,000.
    assert.equal(of('twice').length, 30);
    assert.ok(of('twice').every(({ facts }) => facts.client_ip === '203.0.113.7'));
  });
});

test('up to so many keys at once, every count is exact', () => {
  const { rules } = compileRules([rule('twice', failed, { window: { count: 2, within: minute, by } })]);
  const found = new Set<string | undefined>();
  for (let serial = 0; serial < 2 * keysMax; serial += 1) {
    const event = safeEvent({
      id: serial.toString(16).padStart(32, '0'),
      at: t0 + serial,
      action: 'login_failed',
      client_ip: `2001:db8::${(serial % keysMax).toString(16)}`,
      user: {},
      context: {},
    });
    for (const { facts } of rules.evaluate(event, t0 + serial).alerts ?? []) found.add(facts.client_ip);
  }
  assert.equal(found.size, keysMax);
  assert.equal(rules.takeEvictions().size, 0);
});
