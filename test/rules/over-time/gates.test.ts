import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EventFacts } from '../../../src/core/event.ts';
import { compileRules } from '../../../src/rules/compile.ts';
import { keysMax } from '../../../src/rules/over-time/memory.ts';
import { rule } from '../config.ts';
import { day, hour, minute, Run, ruleWith, second, t0 } from './run.ts';

const by = ['event.client_ip'];
const from = (address: string, username = 'ada'): Partial<EventFacts> => ({ client_ip: address, user: { username } });

describe('suppress', () => {
  const config = ruleWith({ suppress: { for: hour, by } });

  test('one passes, the others are told at the end', () => {
    const run = new Run([config]);
    for (let at = 0; at < 38; at += 1) run.event(at * second, from('203.0.113.7'));
    assert.deepEqual(run.take(), ['event 0', ...Array<string>(37).fill('held: suppress')]);
    run.tick(hour - 1);
    assert.deepEqual(run.take(), []);
    run.tick(hour);
    assert.deepEqual(run.take(), ['r: +37 similar since 09:00 UTC (203.0.113.7)']);
    run.tick(2 * hour).event(2 * hour, from('203.0.113.7'));
    assert.deepEqual(run.take(), [`event ${2 * hour}`]);
  });

  test('what was held is told with the next one that passes, also without a tick between', () => {
    const run = new Run([config])
      .event(0, from('203.0.113.7'))
      .event(1, from('203.0.113.7'))
      .event(hour, from('203.0.113.7'));
    assert.deepEqual(run.take(), [
      'event 0',
      'held: suppress',
      `event ${hour}`,
      'r: +1 similar since 09:00 UTC (203.0.113.7)',
    ]);
  });

  test('nothing that was held is lost when its key goes for room', () => {
    const run = new Run([config]).event(0, from('198.51.100.1')).event(1, from('198.51.100.1'));
    run.take();
    for (let at = 0; at < keysMax; at += 1) run.event(2 + at, { client_ip: `2001:db8::${at.toString(16)}` });
    assert.deepEqual(
      run.take().filter((words) => !words.startsWith('event')),
      ['r: +1 similar since 09:00 UTC (198.51.100.1)'],
    );
  });

  test('a backlog that is read in a moment is suppressed by its own times', () => {
    const run = new Run([config]);
    const readAt = 10 * day;
    for (let at = 0; at < 3; at += 1) run.event(at * 20 * minute, from('203.0.113.7'), readAt).tick(readAt);
    assert.deepEqual(run.take(), ['event 0', 'held: suppress', 'held: suppress']);
  });
});

describe('limit', () => {
  test('so many of the rule in a time, the rest in one message', () => {
    const run = new Run([ruleWith({ limit: { count: 2, per: hour } })]);
    for (let at = 0; at < 5; at += 1) run.event(at, from(`203.0.113.${at}`));
    run.tick(hour);
    const held = Array<string>(3).fill('held: limit');
    assert.deepEqual(run.take(), ['event 0', 'event 1', ...held, 'r: +3 similar since 09:00 UTC']);
  });
});

describe('group', () => {
  const config = ruleWith({ group: { by, wait: 30 * second, interval: 5 * minute } });

  test('one message for a burst after the wait, the next after the interval, then none', () => {
    const run = new Run([config]);
    for (let at = 0; at < 10; at += 1) run.event(at * second, from('203.0.113.7', `user-${at % 3}`));
    assert.deepEqual(run.take(), Array<string>(10).fill('held: group'));
    run.tick(29 * second);
    assert.deepEqual(run.take(), []);
    run.tick(30 * second);
    assert.deepEqual(run.take(), ['r: 10 events within 9 s (203.0.113.7)']);
    run
      .event(60 * second, from('203.0.113.7'))
      .event(61 * second, from('203.0.113.7'))
      .tick(5 * minute);
    assert.deepEqual(run.take(), ['held: group', 'held: group']);
    run.tick(5 * minute + 30 * second);
    assert.deepEqual(run.take(), ['r: 2 events within 1 s (203.0.113.7)']);
    run
      .tick(hour)
      .event(2 * hour, from('203.0.113.7'))
      .tick(2 * hour + 29 * second);
    assert.deepEqual(run.take(), ['held: group']);
  });

  test('a group of one is told as that event', () => {
    const run = new Run([config]).event(0, from('203.0.113.7')).tick(minute);
    assert.deepEqual(run.take(), ['held: group', 'Failed login for ada from 203.0.113.7']);
  });

  test('collects what a window found', () => {
    const window = { count: 2, within: minute, by };
    const run = new Run([ruleWith({ window, group: { by: [], wait: 30 * second, interval: minute } })]);
    for (let at = 0; at < 6; at += 1) run.event(at, from('203.0.113.7'));
    run.tick(minute);
    assert.deepEqual(run.take(), ['held: group', 'held: group', 'held: group', 'r: 3 events within 1 s']);
  });
});

describe('active', () => {
  const active = { days: ['mon-fri'], times: ['08:00-18:00'], timezone: 'Europe/Berlin' };
  // 2026-01-15 is a Thursday; 09:00 UTC is 10:00 in Berlin.
  for (const [what, at, fires] of [
    ['in the morning', 0, true],
    ['at its last minute', 8 * hour - 1, true],
    ['after hours', 8 * hour, false],
    ['before hours', -3 * hour, false],
    ['on Saturday', 2 * day, false],
    ['on Monday', 4 * day, true],
  ] as const) {
    test(`${what}: ${fires ? 'in force' : 'not'}`, () => {
      const run = new Run([ruleWith({ active })]).event(at);
      assert.deepEqual(run.take(), [fires ? `event ${at}` : 'held: inactive']);
    });
  }

  test('a night belongs to the day on which it begins, in summer time too', () => {
    const run = new Run([ruleWith({ active: { days: ['fri'], times: ['22:00-06:00'], timezone: 'Europe/Berlin' } })]);
    // Friday 2026-07-17 22:30, Saturday 05:30, Friday 05:30 in Berlin, which is two hours ahead then.
    const friday = Date.UTC(2026, 6, 17) - t0;
    for (const at of [friday + 20.5 * hour, friday + 27.5 * hour, friday + 3.5 * hour]) run.event(at);
    assert.deepEqual(run.take(), [`event ${friday + 20.5 * hour}`, `event ${friday + 27.5 * hour}`, 'held: inactive']);
  });
});

describe('silences', () => {
  const silence = {
    match: { client_ip: '203.0.113.9' },
    rules: [],
    until: '2026-01-15T10:00:00Z',
    reason: 'penetration test',
  };

  test('hide what they match until they end, and then say how much it was', () => {
    const run = new Run([ruleWith({})], [silence]);
    run.event(0, from('203.0.113.9')).event(1, from('203.0.113.9')).event(2, from('203.0.113.8'));
    assert.deepEqual(run.take(), ['held: silence', 'held: silence', 'event 2']);
    run.tick(hour - 1);
    assert.deepEqual(run.take(), []);
    run.tick(hour).tick(hour + 1);
    assert.deepEqual(run.take(), ['Silence ended: it hid 2 notifications']);
    run.event(hour, from('203.0.113.9'));
    assert.deepEqual(run.take(), [`event ${hour}`]);
  });

  test('a silence that is no longer in the configuration still says what it hid', () => {
    const silenced = new Run([ruleWith({})], [silence]).event(0, from('203.0.113.9'));
    const without = new Run([ruleWith({})]);
    for (const row of silenced.rows) without.rows.set(...row);
    assert.deepEqual(without.restart().tick(1).take(), ['Silence ended: it hid 1 notifications']);
  });

  test('of one rule only, from a time on', () => {
    const run = new Run(
      [rule('a', [{ action: 'login_failed' }]), rule('b', [{ action: 'login_failed' }])],
      [{ rules: ['b'], from: '2026-01-15T09:30:00Z', until: '2026-01-15T10:00:00Z', reason: 'b is noisy' }],
    );
    run.event(0).event(31 * minute);
    assert.deepEqual(run.take(), ['event 0', 'event 0', `event ${31 * minute}`, 'held: silence']);
  });
});

test('what is wrong is said with its place', () => {
  const { problems, silenceProblems } = compileRules(
    [
      ruleWith({
        window: { count: 2, within: minute, by: ['event.clientip'], distinct: 'event.' },
        active: { days: ['monday-funday'], times: ['8-18'], timezone: 'Berlin' },
        absence: { for: minute, of: 'events' },
      }),
    ],
    [{ match: {}, rules: ['nobody'], until: 'tomorrow', reason: 'x' }],
  );
  const paths = problems.map(({ path }) => path.join('.'));
  assert.deepEqual(paths.toSorted(), [
    '0.active.days.0',
    '0.active.times.0',
    '0.active.timezone',
    '0.window',
    '0.window.by.0',
    '0.window.distinct',
  ]);
  assert.deepEqual(silenceProblems.map(({ path }) => path.join('.')).toSorted(), ['0.rules.0', '0.until']);
});
