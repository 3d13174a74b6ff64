import assert from 'node:assert/strict';
import { burst, digest } from './plan.ts';
import type { StoredEvent } from './rows.ts';

/**
 * The alerts of a journal that keeps all are those of a run in which nothing ever happened: the last of every so many failures is
 * followed by its alert, and each digest has counted what was written since the one before, whatever crashes and faults came between.
 * Returns how many events no digest has told yet.
 */
export function assertAlerts(stored: readonly StoredEvent[], actionOf: ReadonlyMap<string, string>): number {
  const failures: string[] = [];
  const logins: string[] = [];
  let bursts = 0;
  let told = 0;
  for (const { id, alert } of stored) {
    if (alert === undefined) {
      assert.equal(bursts, Math.floor(failures.length / burst.count), `a burst before ${id} was not told`);
      const action = actionOf.get(id);
      if (action === burst.action) failures.push(id);
      if (action === digest.action) logins.push(id);
    } else if (alert.rule === burst.rule) {
      bursts += 1;
      assert.equal(failures.length, bursts * burst.count, 'a burst is told too early or too late');
      assert.deepEqual([alert.count, alert.last], [burst.count, failures.at(-1)], 'the last of a burst');
    } else {
      assert.equal(alert.rule, digest.rule);
      assert.ok(Number(alert.count) > 0, 'an empty digest');
      told += Number(alert.count);
      assert.deepEqual([told, alert.last], [logins.length, logins.at(-1)], 'the digests up to this one');
    }
  }
  assert.equal(bursts, Math.floor(failures.length / burst.count), 'the last burst was not told');
  return logins.length - told;
}
