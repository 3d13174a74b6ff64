import { pino } from 'pino';
import { gapAction } from '../../src/core/action.ts';
import { systemClock, systemRandom, type Clock } from '../../src/core/clock.ts';
import { addCounts, type FamilyCounts } from '../../src/core/family.ts';
import type { Json } from '../../src/core/json.ts';
import type { Event } from '../../src/core/event.ts';
import type { SourceDeps } from '../../src/sources/source.ts';

/** What came out of a source, as the journal would keep it. */
export interface Collected {
  readonly deps: SourceDeps;
  readonly events: Event[];
  readonly counts: FamilyCounts;
  readonly checkpoints: Map<string, Json>;
  readonly log: string[];
  /** From now on batches wait, as they do while the journal is full. */
  hold(): void;
  release(): void;
  /** True while a batch waits. */
  isWaiting(): boolean;
  /** Bytes behind, as the source told last. */
  lag(): number | undefined;
  /** Resolves when that many events are there; rejects after a while, so that a broken source fails instead of hanging. */
  until(events: number): Promise<void>;
  /** The user keys of the events: the serial numbers that `eventLine` gave them. */
  serials(): readonly number[];
  /** The events that stand for lines that are lost. */
  gaps(): readonly Event[];
}

export function collect(
  stdin: SourceDeps['stdin'] = process.stdin,
  checkpoints: ReadonlyMap<string, Json> = new Map(),
  clock: Clock = systemClock,
): Collected {
  const events: Event[] = [];
  const counts: FamilyCounts = {};
  const kept = new Map(checkpoints);
  const log: string[] = [];
  let held: PromiseWithResolvers<void> | undefined;
  let waiting = false;
  let lag: number | undefined;
  const deps: SourceDeps = {
    name: 'test',
    clock,
    random: systemRandom,
    env: {},
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
    stdin,
    checkpoints: new Map(checkpoints),
    accept: async (batch) => {
      waiting = held !== undefined;
      await held?.promise;
      waiting = false;
      events.push(...batch.events);
      addCounts(counts, batch.counts);
      for (const [key, value] of batch.checkpoints) kept.set(key, value);
    },
    lag: (bytes) => void (lag = bytes),
  };
  return {
    deps,
    events,
    counts,
    checkpoints: kept,
    log,
    hold: () => (held = Promise.withResolvers()),
    release: () => {
      held?.resolve();
      held = undefined;
    },
    isWaiting: () => waiting,
    lag: () => lag,
    until: (wanted) => waitFor(() => events.length >= wanted, `${wanted} events`),
    serials: () => events.flatMap(({ user }) => (user.pk === undefined ? [] : [Number(user.pk)])),
    gaps: () => events.filter(({ action }) => action === gapAction),
  };
}

/** Far more than anything takes, also on a slow machine that is busy with other tests. */
const patienceMs = 90_000;

/** Polls until the condition holds; rejects after a minute and a half or the given time. */
export async function waitFor(holds: () => boolean, what: string, waitMsMax = patienceMs): Promise<void> {
  const until = systemClock.monotonic() + waitMsMax;
  while (!holds()) {
    if (systemClock.monotonic() > until) throw new Error(`waited in vain for ${what}`);
    await systemClock.sleep(5);
  }
}

/** As {@link waitFor} for what has to be asked for; `what` is said as it is at the end. */
export async function waitUntil(
  holds: () => Promise<boolean>,
  what: () => string,
  waitMsMax = patienceMs,
): Promise<void> {
  const until = systemClock.monotonic() + waitMsMax;
  while (!(await holds())) {
    if (systemClock.monotonic() > until) throw new Error(`waited in vain for ${what()}`);
    await systemClock.sleep(20);
  }
}
