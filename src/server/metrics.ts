import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from '../core/metrics.ts';
import { version } from '../core/identity.ts';

/** What is read at the moment of a scrape instead of being counted. */
export interface Gauges {
  /** Per destination: deliveries waiting, the oldest one's event time (ms), dead letters. */
  queues(): ReadonlyMap<
    string,
    { readonly pending: number; readonly oldestAt: number | undefined; readonly dead: number }
  >;
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
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name: `herald_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name: `herald_${name}`, help, labelNames, registers });

  const lines = counter('lines_total', 'Lines read, by what they are.', ['source', 'family']);
  const lagBytes = gauge('source_lag_bytes', 'Bytes written and not read yet.', ['source']);
  const lagSeconds = gauge('source_lag_seconds', 'Age of the newest line when it was read.', ['source']);
  const events = counter('events_total', 'Events of authentik.', ['action_class']);
  const duplicates = counter('duplicate_events_total', 'Events that were in the journal already.', ['source']);
  const redactions = counter('redactions_total', 'Values replaced before anything left the process.', ['kind']);
  const ruleMatches = counter('rule_matches_total', 'Events that a rule fired for.', ['rule']);
  const ruleErrors = counter('rule_errors_total', 'Evaluations that failed.', ['rule']);
  const deliveries = counter('deliveries_total', 'Attempts by outcome.', ['destination', 'outcome', 'reason']);
  const queue = gauge('delivery_queue', 'Deliveries that wait.', ['destination']);
  const oldest = gauge('delivery_oldest_seconds', 'Age of the oldest waiting event.', ['destination']);
  const dead = gauge('dead_letters', 'Deliveries given up and kept.', ['destination']);
  const latency = new Histogram({
    name: 'herald_delivery_latency_seconds',
    help: 'From the time of the event to its acceptance.',
    labelNames: ['destination'] as const,
    buckets: latencyBuckets,
    registers,
  });
  const journalBytes = gauge('journal_bytes', 'Size of the journal.', []);
  const journalFull = counter('journal_full_seconds_total', 'Time that reading stood still for a full journal.', []);
  const reloaded = gauge('config_last_reload_successful', 'Whether the last configuration read was a good one.', []);
  gauge('build_info', 'Version of herald.', ['version']).set({ version }, 1);
  journalFull.inc(0);
  reloaded.set(1);

  const refresh = (): void => {
    for (const [destination, state] of gauges.queues()) {
      queue.set({ destination }, state.pending);
      dead.set({ destination }, state.dead);
      const ageMs = state.oldestAt === undefined ? 0 : gauges.nowMs() - state.oldestAt;
      oldest.set({ destination }, Math.max(0, ageMs) / 1000);
    }
    journalBytes.set(gauges.journalBytes());
  };

  return {
    contentType: registry.contentType,
    render: () => {
      refresh();
      return registry.metrics();
    },
    lines: (source, family, count) => lines.inc({ source, family }, count),
    lagBytes: (source, bytes) => lagBytes.set({ source }, bytes),
    lagSeconds: (source, seconds) => lagSeconds.set({ source }, seconds),
    events: (action_class, count) => events.inc({ action_class }, count),
    duplicates: (source, count) => duplicates.inc({ source }, count),
    redactions: (kind, count) => redactions.inc({ kind }, count),
    ruleMatches: (rule, count) => ruleMatches.inc({ rule }, count),
    ruleErrors: (rule, count) => ruleErrors.inc({ rule }, count),
    deliveries: (destination, outcome, reason, count) => deliveries.inc({ destination, outcome, reason }, count),
    deliveryLatency: (destination, seconds) => latency.observe({ destination }, seconds),
    journalFullSeconds: (seconds) => journalFull.inc(seconds),
    configReloaded: (ok) => reloaded.set(ok ? 1 : 0),
  };
}
