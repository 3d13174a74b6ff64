import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RuleConfig } from '../../../src/rules/config.ts';
import { policy, rule } from '../config.ts';
import { hour, minute, Run, second } from './run.ts';

const by = ['event.client_ip'];
const failed = [{ action: 'login_failed' }];

/** One rule of each kind. */
const rules: readonly RuleConfig[] = [
  rule('window', failed, { window: { count: 3, within: 2 * minute, by } }),
  rule('distinct', failed, { window: { count: 3, within: 2 * minute, by, distinct: 'event.user.username' } }),
  rule('sequence', [{ action: 'login' }], {
    sequence: { steps: [{ policies: [policy(failed[0] ?? {})], mode: 'any', count: 2 }], within: 2 * minute, by },
  }),
  rule('new', failed, { new: { value: 'event.user.username', by, within: hour, learn: minute } }),
  rule('suppress', failed, { suppress: { for: minute, by } }),
  rule('limit', failed, { limit: { count: 2, per: minute } }),
  rule('group', failed, { group: { by, wait: 20 * second, interval: minute } }),
  rule('absence', failed, { absence: { for: minute, of: 'events' } }),
];
const silences = [{ match: { username: 'user-0' }, rules: [], until: '2026-01-15T09:03:00Z', reason: 'test' }];

const step = fc.record({
  after: fc.integer({ min: 0, max: 40 }),
  address: fc.integer({ min: 1, max: 3 }),
  user: fc.integer({ min: 0, max: 4 }),
  what: fc.constantFrom('login_failed', 'login_failed', 'login_failed', 'login', 'tick'),
  restart: fc.boolean(),
});

test('a restart between any two events changes nothing of what is told', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const through = new Run(rules, silences);
      const stopped = new Run(rules, silences);
      let at = 0;
      for (const { after, address, user, what, restart } of steps) {
        at += after * second;
        for (const run of [through, stopped]) {
          if (what === 'tick') run.tick(at);
          else run.event(at, { action: what, client_ip: `203.0.113.${address}`, user: { username: `user-${user}` } });
        }
        if (restart && what !== 'tick') stopped.restart().tick(at);
        through.tick(at);
        stopped.tick(at);
        assert.deepEqual(stopped.take().toSorted(), through.take().toSorted());
      }
      through.tick(at + 2 * hour);
      stopped.tick(at + 2 * hour);
      assert.deepEqual(stopped.take().toSorted(), through.take().toSorted());
    }),
    { seed: 11, numRuns: 120 },
  );
});

test('a rule that was changed starts anew, and what the old one knew is forgotten', () => {
  const before = new Run([rule('r', failed, { window: { count: 3, within: minute, by } })]);
  for (let at = 0; at < 2; at += 1) before.event(at, { client_ip: '203.0.113.7' });
  const after = new Run([rule('r', failed, { window: { count: 3, within: hour, by } })]);
  for (const row of before.rows) after.rows.set(...row);
  after.restart().event(2, { client_ip: '203.0.113.7' });
  assert.deepEqual(after.take(), []);
  const kept = [...after.rows.keys()].filter((name) => name.includes('/window/'));
  assert.equal(kept.length, 1, 'one key of the new rule, none of the old one');
});

// A full journal took no message, and rules that had told it waited for a next event to look again.
test('what was due when the journal could not be written is told when it can', () => {
  const address = { client_ip: '203.0.113.7' };
  const suppressed = new Run([rule('r', failed, { suppress: { for: minute, by } })])
    .event(0, address)
    .event(1, address);
  const grouped = new Run([rule('r', failed, { group: { by, wait: minute, interval: hour } })]).event(0, address);
  for (const run of [suppressed, grouped]) {
    run.take();
    run.tickUnwritten(minute);
    assert.deepEqual(run.take(), []);
    assert.equal(run.tick(minute).take().length, 1);
    assert.equal(run.tick(2 * minute).take().length, 0);
  }
});
