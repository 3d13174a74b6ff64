import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { EventFacts } from '../../../src/core/event.ts';
import { policy, rule } from '../config.ts';
import { day, hour, minute, Run, ruleWith, second } from './run.ts';

const by = ['event.client_ip'];
const from = (address: string, username = 'ada'): Partial<EventFacts> => ({
  client_ip: address,
  user: { username },
  context: {},
});

describe('window', () => {
  const window = { count: 3, within: 10 * minute, by };

  test('fires on the third event within the time, then counts anew', () => {
    const run = new Run([ruleWith({ window })]);
    for (let at = 0; at < 7; at += 1) run.event(at * minute, from('203.0.113.7'));
    const fired = 'r: 3 events within 2 min (203.0.113.7)';
    assert.deepEqual(run.take(), [fired, fired]);
  });

  test('counts each key by itself, and nothing without a key', () => {
    const run = new Run([ruleWith({ window })]);
    for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.1']) run.event(0, from(address));
    for (let at = 0; at < 5; at += 1) run.event(at, {});
    assert.deepEqual(run.take(), []);
  });

  test('the edge: events exactly as far apart as the time count together, a millisecond more do not', () => {
    const run = new Run([ruleWith({ window: { ...window, count: 2 } })]);
    run.event(0, from('203.0.113.7')).event(10 * minute + 1, from('203.0.113.7'));
    assert.deepEqual(run.take(), []);
    run.event(20 * minute + 1, from('203.0.113.7'));
    assert.equal(run.take().length, 1);
  });

  test('different values: repeats do not count, and repeating one value pushes the others out of no list', () => {
    const run = new Run([ruleWith({ window: { ...window, distinct: 'event.user.username' } })]);
    run.event(0, from('203.0.113.7', 'ada')).event(1, from('203.0.113.7', 'grace'));
    for (let at = 2; at < 500; at += 1) run.event(at, from('203.0.113.7', 'grace'));
    assert.deepEqual(run.take(), []);
    run.event(500, from('203.0.113.7', 'linus'));
    assert.deepEqual(run.take(), ['r: 3 different values of user.username within 1 s (203.0.113.7)']);
  });

  test('an event of a clock that is far ahead does not throw the others out', () => {
    const run = new Run([ruleWith({ window })]);
    run.event(0, from('203.0.113.7')).event(day, from('203.0.113.7'), 1).event(second, from('203.0.113.7'));
    assert.equal(run.take().length, 1);
  });

  test('whatever order the events come in, it fires when some span holds enough of them', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 });
    fc.assert(
      fc.property(minutes, (times) => {
        const run = new Run([ruleWith({ window })]);
        // Late by at most five minutes, as far as lateness is promised.
        let newest = 0;
        const arriving = times.map((at) => {
          newest = Math.max(newest, at);
          return Math.max(at, newest - 5);
        });
        let counted: number[] = [];
        let fired = 0;
        for (const at of arriving) {
          run.event(at * minute, from('203.0.113.7'), newest * minute);
          counted.push(at);
          const spans = counted.map((start) => counted.filter((one) => one >= start && one <= start + 10));
          if (!spans.some((span) => span.includes(at) && span.length >= 3)) continue;
          fired += 1;
          counted = [];
        }
        assert.equal(run.take().length, fired);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('sequence', () => {
  const sequence = {
    steps: [{ policies: [policy({ action: 'login_failed' })], mode: 'any' as const, count: 3 }],
    within: 10 * minute,
    by: ['event.client_ip'],
  };
  const login = { action: 'login', ...from('203.0.113.7') };

  test('failures, then a success', () => {
    const run = new Run([ruleWith({ sequence }, 'login')]);
    for (let at = 0; at < 3; at += 1) run.event(at * second, from('203.0.113.7'));
    assert.deepEqual(run.take(), []);
    run.event(minute, login);
    assert.deepEqual(run.take(), ['r: 4 steps within 1 min (203.0.113.7)']);
    run.event(2 * minute, login);
    assert.deepEqual(run.take(), [], 'the failures are used up');
  });

  test('not in another order, not for another key, not after the time', () => {
    const run = new Run([ruleWith({ sequence }, 'login')]);
    run.event(0, login);
    for (let at = 1; at < 4; at += 1) run.event(at * second, from('203.0.113.7'));
    run.event(minute, { action: 'login', ...from('203.0.113.8') }).event(12 * minute, login);
    assert.deepEqual(run.take(), []);
  });

  test('a step that comes late completes it', () => {
    const run = new Run([ruleWith({ sequence }, 'login')]);
    run.event(0, from('203.0.113.7')).event(second, from('203.0.113.7')).event(minute, login);
    assert.deepEqual(run.take(), []);
    run.event(2 * second, from('203.0.113.7'), 2 * minute);
    assert.deepEqual(run.take(), ['r: 4 steps within 1 min (203.0.113.7)']);
  });

  test('an event is one step, though it could be two', () => {
    const steps = [{ policies: [policy({ action: 'login' })], mode: 'any' as const, count: 1 }];
    const run = new Run([ruleWith({ sequence: { ...sequence, steps } }, 'login')]);
    run.event(0, login);
    assert.deepEqual(run.take(), []);
    run.event(1, login);
    assert.equal(run.take().length, 1);
  });
});

describe('new', () => {
  const novelty = { value: 'event.client_ip', by: ['event.user.username'], within: 30 * day, learn: 7 * day };
  const config = ruleWith({ new: novelty }, 'login');
  const login = (address: string, username: string): Partial<EventFacts> => ({
    action: 'login',
    ...from(address, username),
  });

  test('learns for a week, then tells a value that its key did not have', () => {
    const run = new Run([config]);
    for (const [at, address] of ['203.0.113.1', '203.0.113.2', '203.0.113.3'].entries())
      run.event(at * day, login(address, 'ada'));
    assert.deepEqual(run.take(), []);
    run.event(8 * day, login('203.0.113.1', 'ada')).event(8 * day + 1, login('203.0.113.4', 'ada'));
    assert.deepEqual(run.take(), [`event ${8 * day + 1}`]);
    run.event(9 * day, login('203.0.113.4', 'ada'));
    assert.deepEqual(run.take(), []);
  });

  test('the first value of a key is no news', () => {
    const run = new Run([config]).event(0, login('203.0.113.1', 'ada')).event(8 * day, login('203.0.113.9', 'grace'));
    assert.deepEqual(run.take(), []);
  });

  test('a value not seen for long is new again', () => {
    const run = new Run([config]).event(0, login('203.0.113.1', 'ada')).event(20 * day, login('203.0.113.2', 'ada'));
    run.take();
    run.event(40 * day, login('203.0.113.1', 'ada'));
    assert.deepEqual(run.take(), [`event ${40 * day}`]);
  });
});

describe('travel', () => {
  const config = ruleWith({ travel: { by: ['event.user.username'], speed: 900, distance: 100 } }, 'login');
  const berlin = { city: 'Berlin', country: 'DE', lat: 52.52, long: 13.4 };
  const potsdam = { city: 'Potsdam', country: 'DE', lat: 52.4, long: 13.06 };
  const york = { city: 'New York', country: 'US', lat: 40.71, long: -74.01 };
  const login = (geo: object): Partial<EventFacts> => ({
    action: 'login',
    user: { username: 'ada' },
    context: { geo: { ...geo } },
  });

  test('Berlin and New York within an hour', () => {
    const run = new Run([config]).event(0, login(berlin)).event(hour, login(york));
    assert.deepEqual(run.take(), ['r: Berlin, DE, then New York, US 1 h later (ada)']);
  });

  test('not when an airliner makes it, not for neighbours, not without a place', () => {
    const run = new Run([config]).event(0, login(berlin)).event(8 * hour, login(york));
    run
      .event(20 * hour, login(berlin))
      .event(20 * hour + 1, login(potsdam))
      .event(20 * hour + 2, login({ country: 'US' }));
    assert.deepEqual(run.take(), []);
  });

  test('the later login may be read first', () => {
    const run = new Run([config]).event(hour, login(york)).event(0, login(berlin), hour);
    assert.deepEqual(run.take(), ['r: Berlin, DE, then New York, US 1 h later (ada)']);
  });
});

describe('absence', () => {
  const config = ruleWith({ absence: { for: 15 * minute, of: 'events' } }, 'login');

  test('tells once that nothing comes, and again after something came', () => {
    const run = new Run([config])
      .tick(0)
      .event(0, { action: 'login' })
      .tick(14 * minute);
    assert.deepEqual(run.take(), []);
    run.tick(15 * minute).tick(hour);
    assert.deepEqual(run.take(), ['r: no such event for 15 min']);
    run
      .event(hour, { action: 'login' })
      .event(hour, { action: 'logout' })
      .tick(hour + 20 * minute);
    assert.deepEqual(run.take(), ['r: no such event for 15 min']);
  });

  test('time in which herald did not run does not count', () => {
    const run = new Run([config]).event(0, { action: 'login' }).restart().tick(hour);
    assert.deepEqual(run.take(), []);
    run.tick(hour + 15 * minute);
    assert.equal(run.take().length, 1);
  });

  test('of lines: any line will do, and no policy is needed', () => {
    const run = new Run([rule('r', [], { absence: { for: minute, of: 'lines' } })])
      .tick(0)
      .heard(30 * second)
      .tick(80 * second);
    assert.deepEqual(run.take(), []);
    run.tick(90 * second);
    assert.deepEqual(run.take(), ['r: no line from authentik for 1 min']);
  });
});
