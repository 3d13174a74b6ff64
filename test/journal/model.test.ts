import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Journal, Settlement } from '../../src/journal/journal.ts';
import { batch, day, entry, idOf, open, storedIds, t0, tempFolder } from './harness.ts';

// The journal against the simplest thing that could be right: arrays, searched from the beginning.

interface Wanted {
  readonly n: number;
  state: 'pending' | 'delivered' | 'dead';
  dueAt: number;
  attempts: number;
}

class Model {
  nowMs = t0;
  events: { readonly n: number; readonly written: number }[] = [];
  readonly queues = new Map<string, Wanted[]>([
    ['chat', []],
    ['siem', []],
  ]);
  checkpoint: number | undefined;
  lines = 0;

  leased(destination: string, items: number): readonly Wanted[] {
    const pending = (this.queues.get(destination) ?? []).filter(({ state }) => state === 'pending');
    const notDue = pending.findIndex(({ dueAt }) => dueAt > this.nowMs);
    return pending.slice(0, Math.min(items, notDue < 0 ? pending.length : notDue));
  }

  isPending(n: number): boolean {
    return [...this.queues.values()].some((queue) => queue.some((item) => item.n === n && item.state === 'pending'));
  }
}

interface Real {
  path: string;
  journal: Journal;
}

type Command = fc.Command<Model, Real>;

function command(name: string, run: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    toString: () => name,
    run(model, real) {
      run(model, real);
      compare(model, real.journal);
    },
  };
}

function compare(model: Model, journal: Journal): void {
  assert.deepEqual(
    storedIds(journal),
    model.events.map(({ n }) => idOf(n)),
  );
  for (const [name, queue] of model.queues) {
    const count = (state: Wanted['state']): number => queue.filter((item) => item.state === state).length;
    const head = queue.find(({ state }) => state === 'pending');
    assert.deepEqual(journal.queue(name), {
      made: queue.length,
      pending: count('pending'),
      delivered: count('delivered'),
      dead: count('dead'),
      shed: 0,
      oldestAt: head === undefined ? undefined : t0 + head.n,
    });
    assert.equal(journal.nextDue(name, model.nowMs), head?.dueAt);
  }
  assert.equal(journal.checkpoints('server').get('f'), model.checkpoint);
  assert.equal(journal.lines().get('server')?.event ?? 0, model.lines);
}

/** Small numbers, so that the same events come again and again. */
const append = fc
  .array(fc.record({ n: fc.nat(60), to: fc.subarray(['chat', 'siem']) }), { maxLength: 40 })
  .map((items) =>
    command(`append ${items.map(({ n, to }) => `${n}→${to.join('+')}`).join(' ')}`, (model, { journal }) => {
      const checkpoint = (model.checkpoint ?? 0) + 1;
      const entries = items.map(({ n, to }) => entry(n, to));
      const result = journal.append(batch(entries, { checkpoints: new Map([['f', checkpoint]]) }), model.nowMs);
      let inserted = 0;
      for (const { n, to } of items) {
        if (model.events.some((event) => event.n === n)) continue;
        inserted += 1;
        model.events.push({ n, written: model.nowMs });
        for (const name of to) model.queues.get(name)?.push({ n, state: 'pending', dueAt: 0, attempts: 0 });
      }
      model.checkpoint = checkpoint;
      model.lines += items.length;
      assert.deepEqual(result, { status: 'done', inserted, duplicates: items.length - inserted, shed: new Map() });
    }),
  );

const outcome = fc.constantFrom('delivered', 'dead', 'retry', 'leave' as const);

const attempt = fc
  .tuple(
    fc.constantFrom('chat', 'siem'),
    fc.integer({ min: 1, max: 30 }),
    fc.array(outcome, { minLength: 30, maxLength: 30 }),
  )
  .map(([name, items, outcomes]) =>
    command(`attempt ${name} ${items} ${outcomes.slice(0, items).join(' ')}`, (model, { journal }) => {
      const leased = journal.lease(name, { items, bytes: 1e9 }, model.nowMs);
      const wanted = model.leased(name, items);
      assert.deepEqual(
        leased.map(({ event, attempts }) => [event.id, attempts]),
        wanted.map(({ n, attempts }) => [idOf(n), attempts]),
      );
      const dueAt = model.nowMs + 1000;
      const settlements: Settlement[] = [];
      for (const [at, { seq }] of leased.entries()) {
        const [item, state] = [wanted[at], outcomes[at]];
        if (item === undefined || state === undefined || state === 'leave') continue;
        if (state === 'delivered') settlements.push({ seq, state });
        if (state === 'dead') settlements.push({ seq, state, reason: 'invalid', detail: `at ${at % 3}` });
        if (state === 'retry') settlements.push({ seq, state, reason: 'timeout', dueAt });
        if (state === 'retry') item.dueAt = dueAt;
        else item.state = state;
        item.attempts += 1;
      }
      journal.settle(name, settlements, model.nowMs);
    }),
  );

const wait = fc.constantFrom(500, 1500, day / 3).map((ms) =>
  command(`wait ${ms}`, (model) => {
    model.nowMs += ms;
  }),
);

const maintain = fc.constant(
  command('maintain', (model, { journal }) => {
    while (journal.maintain(model.nowMs));
    model.events = model.events.filter(({ n, written }) => written >= model.nowMs - day || model.isPending(n));
  }),
);

const reopen = fc.constant(
  command('reopen', (model, real) => {
    real.journal.close();
    real.journal = open(real.path, {}, { nowMs: model.nowMs });
  }),
);

test('whatever is done to it, the journal is what the model says', () => {
  fc.assert(
    fc.property(
      fc.commands([append, append, attempt, attempt, wait, maintain, reopen], { maxCommands: 25 }),
      (commands) => {
        const path = tempFolder();
        const real: Real = { path, journal: open(path) };
        try {
          fc.modelRun(() => ({ model: new Model(), real }), commands);
        } finally {
          real.journal.close();
          rmSync(path, { recursive: true });
        }
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});
