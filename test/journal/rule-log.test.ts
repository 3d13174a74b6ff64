import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Remembered, RuleState } from '../../src/core/rule-state.ts';
import { batch, changesOf, expectChanges, maintainAll, open, t0, tempFolder } from './harness.ts';

/** Enough text that a few batches are worth folding in a small journal. */
const filler = 'x'.repeat(2000);
const small = { maxBytes: 4 * 1024 * 1024 };

test('changes of rules are there at once, after a restart, and after they were folded', () => {
  const path = tempFolder();
  let journal = open(path, small);
  const expected = new Map<string, Remembered>();
  const step = fc.record({
    changes: fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.boolean()), { maxLength: 60 }),
    additions: fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }),
    upkeep: fc.integer({ min: 0, max: 3 }),
    restart: fc.boolean(),
  });
  const [steps = []] = fc.sample(fc.array(step, { minLength: 60, maxLength: 60 }), { seed: 5, numRuns: 1 });
  for (const [at, { changes, additions, upkeep, restart }] of steps.entries()) {
    const rows = new Map<string, string | null>();
    for (const [key, forget] of changes) rows.set(`rule/${key}`, forget ? null : `${at} ${filler}`);
    const added = additions.map((key, place) => [`rule/${key}`, [at, place]] as const);
    journal.append(batch([], { ruleState: changesOf(rows, added) }), t0 + at);
    expectChanges(expected, rows, added);
    for (let piece = 0; piece < upkeep; piece += 1) journal.maintain(t0 + at);
    if (restart) {
      journal.close();
      journal = open(path, small);
    }
    assert.deepEqual(sorted(journal.ruleState()), sorted(expected));
  }
  maintainAll(journal, t0 + 100);
  assert.deepEqual(sorted(journal.ruleState()), sorted(expected));
  assert.ok(journal.bytes() < 2 * 1024 * 1024, 'what was folded takes no room twice');
  journal.close();
});

function sorted(rows: RuleState): readonly (readonly [string, Remembered])[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}
