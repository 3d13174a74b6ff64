import type { Logger } from 'pino';
import { gapAction } from '../core/action.ts';
import type { Clock } from '../core/clock.ts';
import type { Event, SafeEvent } from '../core/event.ts';
import { families } from '../core/family.ts';
import type { Metrics } from '../core/metrics.ts';
import { EncodedEvent } from '../journal/encoded.ts';
import type { AppendBatch, AppendResult, Journal, JournalEntry } from '../journal/journal.ts';
import type { Rules } from '../rules/rules.ts';
import type { SourceBatch } from '../sources/source.ts';
import { alertEntries, decide, newTally, type Decided, type Stages, type Tally } from './decide.ts';

export interface InletDeps {
  readonly journal: Journal;
  /** Asked for at every batch, so that a whole batch is decided by one version of the configuration. */
  readonly stages: () => Stages;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when deliveries were written for a destination. */
  readonly wake: (destination: string) => void;
}

/** The way in: redact, decide, make durable. One for all sources. */
export interface Inlet {
  /** Resolves when the batch is on disk. While the journal is full it waits, and so the source stops reading. */
  accept(source: string, batch: SourceBatch, signal: AbortSignal): Promise<void>;
  /** Tells what rules have to tell because time has passed. */
  tick(): Promise<void>;
  /** Since when a full journal has kept sources from reading, ms; undefined when it does not. */
  fullSinceMs(): number | undefined;
}

/** How long a source waits before it tries a full journal again. */
const fullWaitMs = 500;
/** A journal that was not full for this long has room again: until then, some batches find a little and others none. */
const roomMs = 2000;
/** Where herald's own events come from. */
const ownSource = 'herald';

export function createInlet(deps: InletDeps): Inlet {
  const { journal, metrics, clock } = deps;
  const inTurn = createTurns();
  /** Rules that counted events which were not written then: they must go back to what is on disk. */
  let ahead: Rules | undefined;
  let full: { readonly sinceMs: number; lastMs: number } | undefined;
  return {
    accept: (source, batch, signal) => inTurn(() => accept(source, batch, signal)),
    tick: () => inTurn(tick),
    fullSinceMs: () => full?.sinceMs,
  };

  async function accept(source: string, batch: SourceBatch, signal: AbortSignal): Promise<void> {
    const nowMs = clock.now();
    tellLag(source, batch, nowMs);
    const tally = newTally();
    const stages = current();
    const gaps = batch.events.filter(({ action }) => action === gapAction).length;
    const entries = decideAll(stages, batch.events, nowMs, tally);
    if (stages.rules.overTime && Object.keys(batch.counts).length > 0) stages.rules.heard(nowMs);
    const { counts, checkpoints } = batch;
    const append = { source, entries, counts, checkpoints, ruleState: stages.rules.changes() };
    ahead = stages.rules;
    let result = journal.append(append, nowMs);
    while (result.status === 'full') {
      await waitForRoom(source, batch, signal);
      // Not written, so not acknowledged: the next start reads these lines again.
      if (signal.aborted) return;
      result = journal.append(append, clock.now());
    }
    noticeRoom();
    ahead = undefined;
    if (gaps > 0) metrics.gaps(source, gaps);
    report(source, batch, result, tally);
    for (const [rule, count] of stages.rules.takeEvictions()) metrics.ruleKeysEvicted(rule, count);
    wake(entries);
  }

  async function waitForRoom(source: string, batch: SourceBatch, signal: AbortSignal): Promise<void> {
    const startMs = clock.now();
    if (full === undefined) {
      deps.log.warn({ source }, 'the journal is full: reading stops until deliveries make room');
      full = { sinceMs: startMs, lastMs: startMs };
    }
    await clock.sleep(fullWaitMs, signal);
    const nowMs = clock.now();
    full.lastMs = nowMs;
    metrics.journalFullSeconds(Math.max(0, nowMs - startMs) / 1000);
    tellLag(source, batch, nowMs);
  }

  /** Told before a batch is written: when that fails, this is how late it is. */
  function tellLag(source: string, { newest }: SourceBatch, nowMs: number): void {
    if (newest !== undefined) metrics.lagSeconds(source, Math.max(0, nowMs - newest) / 1000);
  }

  /** Says once that there is room again, not after every batch that finds some. */
  function noticeRoom(): void {
    if (full === undefined || clock.now() - full.lastMs < roomMs) return;
    deps.log.info({ full_ms: full.lastMs - full.sinceMs }, 'the journal has room again: reading goes on');
    full = undefined;
  }

  async function tick(): Promise<void> {
    noticeRoom();
    const stages = current();
    const { rules } = stages;
    const nowMs = clock.now();
    const entries = alertEntries(stages, rules.due(nowMs)).map(encoded);
    const ruleState = rules.changes();
    if (entries.length === 0 && ruleState.length === 0) return;
    ahead = rules;
    const append: AppendBatch = { source: ownSource, entries, counts: {}, checkpoints: new Map(), ruleState };
    // In a full journal they stay due.
    const result = journal.append(append, nowMs);
    if (result.status === 'full') return;
    ahead = undefined;
    reportShed(result.shed);
    wake(entries);
  }

  function current(): Stages {
    const stages = deps.stages();
    if (ahead === stages.rules) stages.rules.restore(journal.ruleState());
    ahead = undefined;
    return stages;
  }

  /** An event that another source read before, or that is twice in the batch, is not counted again. */
  function decideAll(stages: Stages, events: Event[], nowMs: number, tally: Tally): readonly JournalEntry[] {
    const seen = new Set<string>();
    const isCounted = (event: SafeEvent): boolean => {
      if (!stages.rules.overTime) return false;
      const others = seen.size;
      return seen.add(event.id).size === others || journal.has(event);
    };
    return takenOut(events)
      .flatMap((event) => decide(stages, event, nowMs, isCounted, tally).map(encoded))
      .toArray();
  }

  function wake(entries: readonly JournalEntry[]): void {
    for (const name of new Set(entries.flatMap(({ deliveries }) => deliveries.map((item) => item.destination)))) {
      deps.wake(name);
    }
  }

  /** Counts only what is on disk: a batch that was not written counts when it is read again. */
  function report(source: string, batch: SourceBatch, result: AppendResult, tally: Tally): void {
    for (const family of families) {
      const count = batch.counts[family];
      if (count !== undefined) metrics.lines(source, family, count);
    }
    for (const [kind, count] of tally.redactions) metrics.redactions(kind, count);
    for (const [rule, count] of tally.matches) metrics.ruleMatches(rule, count);
    for (const [rule, count] of tally.errors) metrics.ruleErrors(rule, count);
    for (const [kind, count] of tally.actions) metrics.events(kind, count);
    for (const [rule, reasons] of tally.held) {
      for (const [reason, count] of reasons) metrics.suppressed(rule, reason, count);
    }
    if (result.status === 'done') {
      if (result.duplicates > 0) metrics.duplicates(source, result.duplicates);
      reportShed(result.shed);
    }
  }

  function reportShed(shed: ReadonlyMap<string, number>): void {
    for (const [destination, count] of shed) metrics.deliveries(destination, 'shed', 'shed', count);
  }
}

/** One after the other: what is decided can go then, while V8 would promote what its batch still holds. */
function* takenOut(events: Event[]): Generator<Event> {
  events.reverse();
  for (let event = events.pop(); event !== undefined; event = events.pop()) yield event;
}

function encoded({ event, deliveries }: Decided): JournalEntry {
  return { event: new EncodedEvent(event), deliveries };
}

/** Runs one piece of work after the other, in the order of asking: what waits for room in the journal is written before what came later. */
function createTurns(): (work: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
