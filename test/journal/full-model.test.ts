import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AppendResult, Journal, JournalOptions, Settlement } from '../../src/journal/journal.ts';
import { deliveriesPerEvent } from '../../src/journal/schema.ts';
import { batch, day, entry, idOf, open, t0, tempFolder } from './harness.ts';

// A journal that is too small for what is written. What goes is the journal's choice, so the model takes from it which events
// are gone, and asks whether they were allowed to and whether the books say so.

interface Wanted {
  /** The event's, and the delivery's own. */
  readonly seq: number;
  readonly delivery: number;
  readonly n: number;
  state: 'pending' | 'delivered' | 'dead' | 'shed';
  attempts: number;
  dueAt: number;
}

const names = ['chat', 'siem'] as const;

/** What the journal holds, in order. */
type Stored = readonly { readonly seq: number; readonly id: string }[];

class Model {
  readonly whenFull: JournalOptions['whenFull'];
  nowMs = t0;
  events: { readonly seq: number; readonly n: number; readonly written: number }[] = [];
  readonly queues = new Map<string, Wanted[]>(names.map((name) => [name, []]));
  checkpoint = 0;
  lines = 0;

  constructor(whenFull: JournalOptions['whenFull']) {
    this.whenFull = whenFull;
  }

  has(seq: number, state: Wanted['state']): boolean {
    return [...this.queues.values()].some((queue) => queue.some((item) => item.seq === seq && item.state === state));
  }

  /** Forgets the events that are not kept any more; returns them. */
  drop(kept: Stored): readonly { readonly seq: number; readonly written: number }[] {
    const there = new Set(kept.map(({ seq }) => seq));
    const gone = this.events.filter(({ seq }) => !there.has(seq));
    this.events = this.events.filter(({ seq }) => there.has(seq));
    return gone;
  }

  count(name: string, state: Wanted['state']): number {
    return this.queues.get(name)?.filter((item) => item.state === state).length ?? 0;
  }
}

interface Real {
  readonly path: string;
  readonly whenFull: JournalOptions['whenFull'];
  journal: Journal;
}

const maxBytes = 1_200_000;

function openSmall(path: string, whenFull: JournalOptions['whenFull'], nowMs = t0): Journal {
  return open(path, { maxBytes, whenFull }, { nowMs });
}

function stored(journal: Journal): Stored {
  return journal.search({ order: 'oldest', limit: 10_000 }).map(({ seq, event }) => ({ seq, id: event.id }));
}

function compare(model: Model, journal: Journal, kept: Stored): void {
  assert.deepEqual(
    kept,
    model.events.map(({ seq, n }) => ({ seq, id: idOf(n) })),
  );
  for (const [name, queue] of model.queues) {
    const head = queue.find(({ state }) => state === 'pending');
    assert.deepEqual(journal.queue(name), {
      made: queue.length,
      pending: model.count(name, 'pending'),
      delivered: model.count(name, 'delivered'),
      dead: model.count(name, 'dead'),
      shed: model.count(name, 'shed'),
      oldestAt: head === undefined ? undefined : t0 + head.n,
    });
    assert.equal(journal.nextDue(name, model.nowMs), head?.dueAt);
  }
  assert.equal(journal.checkpoints('server').get('f') ?? 0, model.checkpoint);
  assert.equal(journal.lines().get('server')?.event ?? 0, model.lines);
}

/** What had to go for a batch: history first, then dead letters, and what waits only when it is told to and nothing else is left. */
function makeRoom(model: Model, kept: Stored, result: AppendResult): void {
  const shed = new Map<string, number>();
  for (const { seq } of model.drop(kept)) {
    for (const [name, queue] of model.queues) {
      for (const item of queue) {
        if (item.seq !== seq || item.state !== 'pending') continue;
        item.state = 'shed';
        shed.set(name, (shed.get(name) ?? 0) + 1);
      }
    }
  }
  assert.deepEqual(result.status === 'done' ? result.shed : new Map(), shed);
  if (model.whenFull === 'block') assert.equal(shed.size, 0);
  if (result.status === 'full') assert.equal(model.whenFull, 'block');
  if (result.status === 'done' && shed.size === 0) return;
  // There was nothing else to be had.
  for (const { seq } of model.events)
    assert.ok(model.has(seq, 'pending'), `event ${seq} waits for nothing and was kept`);
}

type Command = fc.Command<Model, Real>;

/** `run` gives what is stored when it has looked after all that it did. */
function command(name: string, run: (model: Model, real: Real) => Stored | undefined): Command {
  return {
    check: () => true,
    toString: () => name,
    run(model, real) {
      const kept = run(model, real);
      compare(model, real.journal, kept ?? stored(real.journal));
    },
  };
}

const items = (max: number) =>
  fc.array(fc.record({ n: fc.nat(2000), to: fc.subarray([...names]) }), {
    minLength: max / 4,
    maxLength: max,
    size: 'max',
  });

/** Few large ones, or so many small ones that room for a large batch is made in several steps. */
const append = fc
  .oneof(fc.tuple(items(40), fc.constantFrom(6000, 12_000)), fc.tuple(items(160), fc.constant(200)))
  .map(([items, size]) =>
    command(`append ${size} ${items.map(({ n, to }) => `${n}→${to.join('+')}`).join(' ')}`, (model, { journal }) => {
      const entries = items.map(({ n, to }) => entry(n, to, size));
      const checkpoints = new Map([['f', model.checkpoint + 1]]);
      const result = journal.append(batch(entries, { checkpoints }), model.nowMs);
      const newest = model.events.at(-1)?.seq ?? 0;
      const kept = stored(journal);
      makeRoom(model, kept, result);
      if (result.status === 'full') return kept;
      model.checkpoint += 1;
      model.lines += items.length;
      // An event that had to go for its own batch is a new one.
      const fresh = items.filter(
        ({ n }, at) => !model.events.some((event) => event.n === n) && items.findIndex((item) => item.n === n) === at,
      );
      const seqs = kept.filter(({ seq }) => seq > newest && !model.events.some((event) => event.seq === seq));
      assert.deepEqual(
        seqs.map(({ id }) => id),
        fresh.map(({ n }) => idOf(n)),
      );
      assert.equal(result.inserted, fresh.length);
      for (const [at, { n, to }] of fresh.entries()) {
        const seq = seqs[at]?.seq ?? 0;
        model.events.push({ seq, n, written: model.nowMs });
        for (const [place, name] of to.entries()) {
          const delivery = seq * deliveriesPerEvent + place;
          model.queues.get(name)?.push({ seq, delivery, n, state: 'pending', attempts: 0, dueAt: 0 });
        }
      }
      return kept;
    }),
  );

const attempt = fc
  .tuple(
    fc.constantFrom(...names),
    fc.array(fc.constantFrom('delivered', 'delivered', 'dead', 'retry', 'leave'), {
      minLength: 1,
      maxLength: 60,
      size: 'max',
    }),
  )
  .map(([name, outcomes]) =>
    command(`attempt ${name} ${outcomes.join(' ')}`, (model, { journal }) => {
      const pending = (model.queues.get(name) ?? []).filter(({ state }) => state === 'pending');
      const notDue = pending.findIndex(({ dueAt }) => dueAt > model.nowMs);
      const due = pending.slice(0, Math.min(outcomes.length, notDue < 0 ? pending.length : notDue));
      const leased = journal.lease(name, { items: outcomes.length, bytes: 1e9 }, model.nowMs);
      assert.deepEqual(
        leased.map(({ event, attempts }) => [event.id, attempts]),
        due.map(({ n, attempts }) => [idOf(n), attempts]),
      );
      const settlements: Settlement[] = [];
      for (const [at, { seq }] of leased.entries()) {
        const [item, state] = [due[at], outcomes[at]];
        if (item === undefined || state === undefined || state === 'leave') continue;
        item.attempts += 1;
        if (state === 'retry') item.dueAt = model.nowMs + 1000;
        else item.state = state;
        if (state === 'delivered') settlements.push({ seq, state });
        else if (state === 'dead') settlements.push({ seq, state, reason: 'invalid' });
        else settlements.push({ seq, state: 'retry', reason: 'timeout', dueAt: item.dueAt });
      }
      const settled = journal.settle(name, settlements, model.nowMs);
      assert.equal(
        settled.reduce((sum, { count }) => sum + count, 0),
        settlements.length,
      );
      return undefined;
    }),
  );

const late = fc.constantFrom(...names).map((name) =>
  command(`settle ${name} what was shed`, (model, { journal }) => {
    // An attempt that was under way when its deliveries were shed.
    const shed = (model.queues.get(name) ?? []).filter(({ state }) => state === 'shed').slice(-5);
    const settlements = shed.map(({ delivery }) => ({ seq: delivery, state: 'delivered' as const }));
    assert.deepEqual(journal.settle(name, settlements, model.nowMs), []);
    return undefined;
  }),
);

const wait = fc.constantFrom(1500, day / 2).map((ms) =>
  command(`wait ${ms}`, (model) => {
    model.nowMs += ms;
    return undefined;
  }),
);

const maintain = fc.constant(
  command('maintain', (model, { journal }) => {
    while (journal.maintain(model.nowMs));
    const kept = stored(journal);
    for (const { seq, written } of model.drop(kept)) {
      const isOld = written < model.nowMs - day;
      assert.ok(!model.has(seq, 'pending'), 'upkeep never takes what waits');
      assert.ok(isOld || !model.has(seq, 'dead'), 'upkeep makes room from history only');
    }
    for (const { seq, written } of model.events) assert.ok(written >= model.nowMs - day || model.has(seq, 'pending'));
    return kept;
  }),
);

const reopen = fc.constant(
  command('reopen', (model, real) => {
    real.journal.close();
    real.journal = openSmall(real.path, real.whenFull, model.nowMs);
    return undefined;
  }),
);

for (const whenFull of ['block', 'drop_oldest'] as const) {
  test(`a journal that is too small, ${whenFull}: what goes may go, and the books say so`, () => {
    const all = [append, append, append, attempt, attempt, attempt, late, wait, maintain, reopen];
    fc.assert(
      fc.property(fc.commands(all, { maxCommands: 40, size: 'max' }), (commands) => {
        const path = tempFolder();
        const real: Real = { path, whenFull, journal: openSmall(path, whenFull) };
        try {
          fc.modelRun(() => ({ model: new Model(whenFull), real }), commands);
        } finally {
          real.journal.close();
          rmSync(path, { recursive: true });
        }
      }),
      // Making a failure smaller would take minutes.
      { numRuns: 30, seed: 6, endOnFailure: true },
    );
  });
}
