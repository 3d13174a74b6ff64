import type { Logger } from 'pino';
import { actionClass, gapAction } from '../core/action.ts';
import type { Clock } from '../core/clock.ts';
import type { Event } from '../core/event.ts';
import { families } from '../core/family.ts';
import type { Metrics } from '../core/metrics.ts';
import type { AppendResult, Journal, JournalEntry } from '../journal/journal.ts';
import type { Redactor } from '../redact/redactor.ts';
import type { Rules } from '../rules/rules.ts';
import type { SourceBatch } from '../sources/source.ts';

/** What decides about an event. */
export interface Stages {
  readonly redactor: Redactor;
  readonly rules: Rules;
}

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
}

/** How long a source waits before it tries a full journal again. */
const fullWaitMs = 500;

export function createInlet(deps: InletDeps): Inlet {
  const { journal, metrics, clock } = deps;
  return { accept };

  async function accept(source: string, batch: SourceBatch, signal: AbortSignal): Promise<void> {
    const tally: Tally = { redactions: new Map(), matches: new Map(), errors: new Map(), actions: new Map() };
    const nowMs = clock.now();
    const stages = deps.stages();
    const entries = batch.events.map((event) => decide(stages, event, nowMs, tally));
    const append = { source, entries, counts: batch.counts, checkpoints: batch.checkpoints };
    let result = journal.append(append, nowMs);
    if (result.status === 'full') {
      deps.log.warn({ source }, 'the journal is full: reading stops until deliveries make room');
      while (result.status === 'full') {
        await clock.sleep(fullWaitMs, signal);
        // Not written, so not acknowledged: the next start reads these lines again.
        if (signal.aborted) return;
        metrics.journalFullSeconds(fullWaitMs / 1000);
        result = journal.append(append, clock.now());
      }
      deps.log.info({ source }, 'the journal has room again: reading goes on');
    }
    report(source, batch, result, tally, nowMs);
    for (const name of new Set(entries.flatMap(({ deliveries }) => deliveries.map((item) => item.destination)))) {
      deps.wake(name);
    }
  }

  /** Counts only what is on disk: a batch that was not written counts when it is read again. */
  function report(source: string, batch: SourceBatch, result: AppendResult, tally: Tally, nowMs: number): void {
    for (const family of families) {
      const count = batch.counts[family];
      if (count !== undefined) metrics.lines(source, family, count);
    }
    const gaps = batch.events.filter(({ action }) => action === gapAction).length;
    if (gaps > 0) metrics.gaps(source, gaps);
    if (batch.newest !== undefined) metrics.lagSeconds(source, Math.max(0, nowMs - batch.newest) / 1000);
    for (const [kind, count] of tally.redactions) metrics.redactions(kind, count);
    for (const [rule, count] of tally.matches) metrics.ruleMatches(rule, count);
    for (const [rule, count] of tally.errors) metrics.ruleErrors(rule, count);
    for (const [kind, count] of tally.actions) metrics.events(kind, count);
    if (result.status === 'done') {
      if (result.duplicates > 0) metrics.duplicates(source, result.duplicates);
      for (const [destination, count] of result.shed) metrics.deliveries(destination, 'shed', 'shed', count);
    }
  }
}

interface Tally {
  readonly redactions: Map<string, number>;
  readonly matches: Map<string, number>;
  readonly errors: Map<string, number>;
  readonly actions: Map<'known' | 'custom' | 'unknown', number>;
}

function decide({ redactor, rules }: Stages, raw: Event, nowMs: number, tally: Tally): JournalEntry {
  const { event, counts } = redactor.redact(raw);
  for (const [kind, count] of counts) add(tally.redactions, kind, count);
  add(tally.actions, actionClass(event.action), 1);
  const { notifications, errors } = rules.evaluate(event, nowMs);
  for (const rule of errors) add(tally.errors, rule, 1);
  const deliveries = notifications.flatMap(({ rule, severity, destinations }) => {
    add(tally.matches, rule, 1);
    return destinations.map((destination) => ({ rule, severity, destination }));
  });
  return { event, deliveries };
}

function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
