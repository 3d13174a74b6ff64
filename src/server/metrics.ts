import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from '../core/metrics.ts';
import { version } from '../core/identity.ts';
import type { QueueState } from '../journal/journal.ts';

/** What is read at the moment of a scrape instead of being counted. */
export interface Gauges {
  /** Per destination of the configuration. */
  queues(): ReadonlyMap<string, QueueState>;
  journalBytes(): number;
  nowMs(): number;
}

export interface MetricsPage extends Metrics {
  /** The Prometheus text. */
  render(): Promise<string>;
  readonly contentType: string;
  configReloaded(ok: boolean): void;
}

const latencyBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400];

export function createMetrics(gauges: Gauges): MetricsPage {
  const registry = new Registry();
  const of = createInstruments(registry);
  of.buildInfo.set({ version }, 1);
  of.journalFull.inc(0);
  of.reloaded.set(1);
  const refresh = (): void => {
    // Those of a destination that is gone from the configuration would stand still for ever; `made` is counted by the journal.
    for (const one of [of.made, of.kept, of.queue, of.dead, of.oldest]) one.reset();
    for (const [destination, state] of gauges.queues()) {
      of.made.inc({ destination }, state.made);
      for (const name of ['delivered', 'pending', 'dead', 'shed'] as const)
        of.kept.set({ destination, state: name }, state[name]);
      of.queue.set({ destination }, state.pending);
      of.dead.set({ destination }, state.dead);
      const ageMs = state.oldestAt === undefined ? 0 : gauges.nowMs() - state.oldestAt;
      of.oldest.set({ destination }, Math.max(0, ageMs) / 1000);
    }
    of.journalBytes.set(gauges.journalBytes());
  };
  return {
    contentType: registry.contentType,
    render: () => {
      refresh();
      return registry.metrics();
    },
    lines: (source, family, count) => of.lines.inc({ source, family }, count),
    lagBytes: (source, bytes) => {
      of.lagBytes.set({ source }, bytes);
      if (bytes === 0) of.lagSeconds.set({ source }, 0);
    },
    lagSeconds: (source, seconds) => of.lagSeconds.set({ source }, seconds),
    events: (action_class, count) => of.events.inc({ action_class }, count),
    duplicates: (source, count) => of.duplicates.inc({ source }, count),
    gaps: (source, count) => of.gaps.inc({ source }, count),
    redactions: (kind, count) => of.redactions.inc({ kind }, count),
    ruleMatches: (rule, count) => of.ruleMatches.inc({ rule }, count),
    ruleErrors: (rule, count) => of.ruleErrors.inc({ rule }, count),
    ruleKeysEvicted: (rule, count) => of.ruleKeysEvicted.inc({ rule }, count),
    suppressed: (rule, reason, count) => of.suppressed.inc({ rule, reason }, count),
    deliveries: (destination, outcome, reason, count) => of.deliveries.inc({ destination, outcome, reason }, count),
    deliveryLatency: (destination, seconds) => of.latency.observe({ destination }, seconds),
    journalFullSeconds: (seconds) => of.journalFull.inc(seconds),
    configReloaded: (ok) => of.reloaded.set(ok ? 1 : 0),
  };
}

/** Counters begin with the process, as Prometheus expects them to; what the journal counts goes on. */
const sinceStart = ', since the start of the process.';
const forEver = ', since the journal was begun.';

function createInstruments(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name: `herald_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name: `herald_${name}`, help, labelNames, registers });
  return {
    lines: counter('lines_total', `Lines read, by what they are${sinceStart}`, ['source', 'family']),
    lagBytes: gauge('source_lag_bytes', 'Bytes written and not in the journal yet, when the source last looked.', [
      'source',
    ]),
    lagSeconds: gauge('source_lag_seconds', 'Age of the newest line read, 0 when all is read.', ['source']),
    events: counter('events_total', 'Events read, with those that were in the journal already.', ['action_class']),
    duplicates: counter('duplicate_events_total', 'Events read that were in the journal already.', ['source']),
    gaps: counter('gaps_total', 'Stretches of lines that were lost before they were read.', ['source']),
    redactions: counter('redactions_total', 'Values replaced before anything left the process.', ['kind']),
    ruleMatches: counter('rule_matches_total', 'Events that a rule fired for.', ['rule']),
    ruleErrors: counter('rule_errors_total', 'Evaluations that failed.', ['rule']),
    ruleKeysEvicted: counter('rule_keys_evicted_total', 'Keys that a rule forgot for room.', ['rule']),
    suppressed: counter('notifications_suppressed_total', 'Notifications that were held back.', ['rule', 'reason']),
    deliveries: counter('deliveries_total', `What became of deliveries and attempts${sinceStart}`, [
      'destination',
      'outcome',
      'reason',
    ]),
    made: counter('deliveries_made_total', `Deliveries made: the sum of journal_deliveries${forEver}`, ['destination']),
    kept: gauge('journal_deliveries', `Deliveries by what became of them${forEver}`, ['destination', 'state']),
    queue: gauge('delivery_queue', 'Deliveries that wait.', ['destination']),
    oldest: gauge('delivery_oldest_seconds', 'Age of the oldest waiting event, 0 when none waits.', ['destination']),
    dead: gauge('dead_letters', `Deliveries given up${forEver}`, ['destination']),
    latency: new Histogram({
      name: 'herald_delivery_latency_seconds',
      help: 'From the time of the event to its acceptance.',
      labelNames: ['destination'] as const,
      buckets: latencyBuckets,
      registers,
    }),
    journalBytes: gauge('journal_bytes', 'Size of the journal.', []),
    journalFull: counter('journal_full_seconds_total', 'Time that reading stood still for a full journal.', []),
    reloaded: gauge('config_last_reload_successful', 'Whether the last configuration read was a good one.', []),
    buildInfo: gauge('build_info', 'Version of herald.', ['version']),
  };
}
