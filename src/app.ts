import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Clock, Random } from './core/clock.ts';
import { createScope, type Scope } from './core/scope.ts';
import type { Config, DestinationConfig, SourceConfig } from './config/config.ts';
import { openJournal } from './journal/open.ts';
import type { Journal } from './journal/journal.ts';
import { createInlet, type Inlet } from './pipeline/inlet.ts';
import { createOutlet, type Outlet } from './pipeline/outlet.ts';
import { runLifecycle } from './pipeline/lifecycle.ts';
import { runUpkeep } from './pipeline/upkeep.ts';
import { redactOptions } from './redact/options.ts';
import { createRedactor, fromStored } from './redact/redactor.ts';
import { compileRules } from './rules/rules.ts';
import { createMetrics, type MetricsPage } from './server/metrics.ts';
import { startServer } from './server/server.ts';

export interface AppDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly stdin: Readable;
  readonly stdout: (text: string) => Promise<void>;
  /** Standard output shows colours. */
  readonly colours: boolean;
  /** How long a stop may take; outlets drain for three quarters of it. */
  readonly graceMs: number;
}

/** What a run did, for its last words. */
export interface RunSummary {
  readonly lines: number;
  readonly events: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly shed: number;
}

/**
 * Runs herald until `stop` aborts or every source came to its end; then drains and closes. Rejects with OperationalError
 * when it cannot start (journal locked, port taken) and with anything else for a bug.
 */
export async function runApp(config: Config, deps: AppDeps, stop: AbortSignal): Promise<RunSummary> {
  const scope = createScope();
  try {
    return await assemble(config, deps, stop, scope);
  } finally {
    await scope.close();
  }
}

async function assemble(config: Config, deps: AppDeps, stop: AbortSignal, scope: Scope): Promise<RunSummary> {
  const { clock, log } = deps;
  const journal = openJournal(config.journal, { restore: fromStored, nowMs: clock.now(), log });
  scope.defer(() => journal.close());
  const metrics = createMetrics({
    queues: () => new Map([...config.destinations.keys()].map((name) => [name, journal.queue(name)])),
    journalBytes: () => journal.bytes(),
    nowMs: () => clock.now(),
  });
  const outlets = [...config.destinations.values()].map((one) => outletFor(one, config, deps, journal, metrics, scope));
  const { rules } = compileRules(config.rules);
  const inlet = createInlet({
    journal,
    redactor: createRedactor(redactOptions(config.redact)),
    rules,
    metrics,
    clock,
    log,
    wake: (name) => outlets.find((outlet) => outlet.name === name)?.wake(),
  });
  const troubles = new Map<string, string>();
  if (config.server !== undefined) await serve(config.server, metrics, scope, log, { troubles, outlets, journal });
  log.info(
    { sources: config.sources.map(({ name }) => name), destinations: outlets.map(({ name }) => name) },
    'starting',
  );
  const parts = { deps, journal, inlet, metrics };
  await runLifecycle(
    {
      sources: config.sources.map((source) => ({
        name: `source ${source.name}`,
        run: (signal) => runSource(source, parts, signal),
      })),
      outlets: outlets.map((outlet) => ({
        name: `destination ${outlet.name}`,
        run: (drain, cut) => outlet.run(drain, cut),
      })),
      upkeep: { name: 'journal', run: (signal) => runUpkeep(journal, clock, signal) },
      clock,
      random: deps.random,
      log,
      drainMs: (deps.graceMs * 3) / 4,
      onState: (part, trouble) => {
        if (trouble === undefined) troubles.delete(part);
        else troubles.set(part, trouble);
      },
    },
    stop,
  );
  return summary(journal, outlets);
}

interface Inputs {
  readonly deps: AppDeps;
  readonly journal: Journal;
  readonly inlet: Inlet;
  readonly metrics: MetricsPage;
}

/** What `/readyz` looks at. */
interface State {
  readonly journal: Journal;
  readonly outlets: readonly Outlet[];
  readonly troubles: ReadonlyMap<string, string>;
}

async function runSource(source: SourceConfig, parts: Inputs, signal: AbortSignal): Promise<void> {
  const { deps, journal, inlet, metrics } = parts;
  const running = source.kind.create(source.options, {
    name: source.name,
    clock: deps.clock,
    log: deps.log.child({ source: source.name }),
    stdin: deps.stdin,
    checkpoints: journal.checkpoints(source.name),
    accept: (batch) => inlet.accept(source.name, batch, signal),
    lag: (bytes) => metrics.lagBytes(source.name, bytes),
  });
  await running.run(signal);
}

function outletFor(
  { name, kind, options, common, retry, policy }: DestinationConfig,
  config: Config,
  deps: AppDeps,
  journal: Journal,
  metrics: MetricsPage,
  scope: Scope,
): Outlet {
  const { clock, random, log, stdout, colours } = deps;
  const destination = kind.create(options, {
    name,
    instance: config.instance,
    authentikUrl: config.authentikUrl,
    clock,
    common,
    inbox: { put: (item) => journal.putNotification(item) },
    stdout,
    colours,
  });
  scope.defer(() => destination.close());
  const retryPolicy = { ...retry, maxAgeMs: policy.maxAgeMs };
  return createOutlet({ name, destination, policy, retry: retryPolicy, journal, metrics, clock, random, log });
}

async function serve(
  options: { readonly host: string; readonly port: number },
  metrics: MetricsPage,
  scope: Scope,
  log: Logger,
  state: State,
): Promise<void> {
  const server = await startServer(options, {
    ready: () => ({
      ok: ![...state.troubles.keys()].some((part) => !part.startsWith('destination ')),
      details: details(state),
    }),
    metrics: async () => ({ text: await metrics.render(), contentType: metrics.contentType }),
  });
  scope.defer(() => server.close());
  log.info({ host: options.host, port: server.port }, 'listening');
}

function details({ troubles, outlets, journal }: State): object {
  const destinations = outlets.map((outlet) => {
    const { state, reason, detail, sinceMs } = outlet.health();
    const { pending, dead, delivered, shed, made } = journal.queue(outlet.name);
    const since = new Date(sinceMs).toISOString();
    return [outlet.name, { state, reason, detail, since, made, delivered, pending, dead, shed }] as const;
  });
  return {
    troubles: Object.fromEntries(troubles),
    lines: Object.fromEntries(journal.lines()),
    destinations: Object.fromEntries(destinations),
    journal_bytes: journal.bytes(),
  };
}

function summary(journal: Journal, outlets: readonly Outlet[]): RunSummary {
  let lines = 0;
  let events = 0;
  for (const counts of journal.lines().values()) {
    for (const count of Object.values(counts)) lines += count;
    events += counts.event ?? 0;
  }
  const queues = outlets.map(({ name }) => journal.queue(name));
  const sum = (key: 'delivered' | 'pending' | 'dead' | 'shed'): number =>
    queues.reduce((total, queue) => total + queue[key], 0);
  return { lines, events, delivered: sum('delivered'), pending: sum('pending'), dead: sum('dead'), shed: sum('shed') };
}
