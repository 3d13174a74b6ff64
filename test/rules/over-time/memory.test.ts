import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EventFacts } from '../../../src/core/event.ts';
import type { Json } from '../../../src/core/json.ts';
import type { RuleConfig } from '../../../src/rules/config.ts';
import { keysMax } from '../../../src/rules/over-time/memory.ts';
import { day, hour, minute, Run, ruleWith, second, t0 } from './run.ts';

const by = ['event.client_ip'];
const from = (username: string): Partial<EventFacts> => ({ client_ip: '203.0.113.7', user: { username } });

describe('what an earlier version wrote down is read', () => {
  /** A run that finds the value under the key of the address. */
  function withRow(config: RuleConfig, part: string, value: Json): Run {
    const run = new Run([config]).event(-second, from('ada'));
    const name = [...run.rows.keys()].find((one) => one.endsWith(`/${part}/["203.0.113.7"]`));
    assert.ok(name !== undefined, 'it has a row');
    run.rows.set(name, [value]);
    run.take();
    return run.restart();
  }

  const pairs: readonly (readonly [at: number, value: string])[] = [
    [t0 - 2 * minute, 'ada'],
    [t0 - minute, 'grace'],
  ];

  test('a window', () => {
    const config = ruleWith({ window: { count: 3, within: 10 * minute, by } });
    const run = withRow(config, 'window', [
      [t0 - 2 * minute, ''],
      [t0 - minute, ''],
    ]);
    assert.deepEqual(run.event(0, from('ada')).take(), ['r: 3 events within 2 min (203.0.113.7)']);
  });

  test('a window of different values', () => {
    const config = ruleWith({ window: { count: 3, within: 10 * minute, by, distinct: 'event.user.username' } });
    const run = withRow(config, 'window', pairs).event(0, from('ada'));
    assert.deepEqual(run.take(), []);
    run.event(second, from('linus'));
    assert.deepEqual(run.take(), ['r: 3 different values of user.username within 2 min (203.0.113.7)']);
  });

  test('new values', () => {
    const config = ruleWith({ new: { value: 'event.user.username', by, within: hour, learn: 0 } });
    const run = withRow(
      config,
      'new',
      pairs.map(([at, value]) => [value, at]),
    );
    assert.deepEqual(run.event(0, from('ada')).take(), []);
    assert.deepEqual(run.event(1, from('linus')).take(), ['event 1']);
  });

  test('what was held back', () => {
    const held = { from: t0 - minute, passed: 1, held: 36, first: t0 - minute, last: t0, title: 'x', values: [] };
    const run = withRow(ruleWith({ suppress: { for: hour, by } }), 'suppress', held);
    run.event(0, from('ada')).tick(hour);
    assert.deepEqual(run.take(), ['held: suppress', 'r: +37 similar since 08:59 UTC (203.0.113.7)']);
  });

  test('a group', () => {
    const id = 'f'.repeat(32);
    const group = {
      ...{ due: t0 + minute, count: 2, first: t0 - minute, last: t0, title: 'x', ids: [id, id], values: [] },
      tops: [[['login_failed', 2]], [['ada', 2]], [['203.0.113.7', 2]], []],
    };
    const run = withRow(ruleWith({ group: { by, wait: minute, interval: hour } }), 'group', group);
    run.event(0, from('ada')).event(0, from('grace'));
    assert.deepEqual(run.take(), ['held: group', 'held: group']);
    const [alert] = run.tickAlerts(minute);
    assert.deepEqual(alert?.facts.context['top'], {
      action: [{ value: 'login_failed', count: 4 }],
      'user.username': [
        { value: 'ada', count: 3 },
        { value: 'grace', count: 1 },
      ],
    });
    assert.deepEqual(alert.facts.context['events'], [id, id, ...run.ids(2)]);
  });
});

test('a spray of keys does not begin the time of learning anew', () => {
  const run = new Run([
    ruleWith({ new: { value: 'event.user.username', by: ['event.client_ip'], within: 30 * day, learn: day } }),
  ]);
  run.event(0, from('ada'));
  for (let at = 0; at < keysMax + 100; at += 1)
    run.event(day + at, { client_ip: `2001:db8::${at.toString(16)}`, user: { username: 'ada' } });
  run.event(2 * day, from('ada'));
  assert.deepEqual(run.take(), []);
  run.event(2 * day + 1, from('grace'));
  assert.deepEqual(run.take(), [`event ${2 * day + 1}`]);
});
