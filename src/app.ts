import { createScope, type Scope } from './core/scope.ts';
import type { Config, ServerConfig } from './config/config.ts';
import type { ConfigFeed } from './config/feed.ts';
import { openJournal } from './journal/open.ts';
import type { Journal } from './journal/journal.ts';
import { createFleet, type Fleet, type ProcessDeps } from './parts.ts';
import type { Stages } from './pipeline/decide.ts';
import { createInlet, type Inlet } from './pipeline/inlet.ts';
import type { Outlet } from './pipeline/outlet.ts';
import { runLifecycle, type Parts } from './pipeline/lifecycle.ts';
import { runTimer } from './pipeline/timer.ts';
import { runUpkeep } from './pipeline/upkeep.ts';
import { fromStored } from './redact/redactor.ts';
import { createReload, type Reload, type ReloadState } from './reload.ts';
import { createMetrics, type MetricsPage } from './server/metrics.ts';
import { startServer } from './server/server.ts';
import { stagesOf } from './stages.ts';

export interface AppDeps extends ProcessDeps {
  /** How long a stop may take; deliveries end after three quarters of it. */
  readonly graceMs: number;
  /** Followed for changes of the configuration, if given. */
  readonly feed?: ConfigFeed;
  /** Other ways to the disk and to the network; for the simulation. */
  readonly openJournal?: typeof openJournal;
  readonly startServer?: typeof startServer;
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
  const journal = (deps.openJournal ?? openJournal)(config.journal, { restore: fromStored, nowMs: clock.now(), log });
  scope.defer(() => journal.close());
  const metrics = createMetrics({
    queues: () => new Map(fleet.outlets().map(({ name }) => [name, journal.queue(name)])),
    journalBytes: () => journal.bytes(),
    nowMs: () => clock.now(),
  });
  let stages = remembering(config, journal);
  const wake = (name: string): void => fleet.outlet(name)?.wake();
  const inlet = createInlet({ journal, stages: () => stages, metrics, clock, log, wake });
  const fleet = createFleet({ deps, journal, inlet, metrics });
  const use = (next: Config): Parts => {
    stages = remembering(next, journal);
    return fleet.partsOf(next);
  };
  const reload = deps.feed && createReload(deps.feed, { first: config, log, metrics, nowMs: () => clock.now(), use });
  const troubles = new Map<string, string>();
  const parts = fleet.partsOf(config);
  if (config.server !== undefined)
    await serve(config.server, metrics, scope, deps, { troubles, fleet, journal, inlet, reload });
  log.info(
    { sources: config.sources.map(({ name }) => name), destinations: fleet.outlets().map(({ name }) => name) },
    'starting',
  );
  await runLifecycle(
    {
      ...parts,
      upkeep: { name: 'journal', run: (signal) => runUpkeep(journal, clock, signal) },
      timer: { name: 'rules', run: (signal) => runTimer(inlet, clock, signal) },
      watch: reload?.part,
      clock,
      random: deps.random,
      log,
      graceMs: deps.graceMs,
      onState: (part, trouble) => {
        if (trouble === undefined) troubles.delete(part);
        else troubles.set(part, trouble);
      },
    },
    stop,
  );
  return summary(journal, fleet.outlets());
}

/** The stages of a configuration, with rules that remember what the journal has of them. */
function remembering(config: Config, journal: Journal): Stages {
  const stages = stagesOf(config);
  stages.rules.restore(journal.ruleState());
  return stages;
}

/** What `/readyz` looks at. */
interface State {
  readonly journal: Journal;
  readonly fleet: Fleet;
  readonly inlet: Inlet;
  readonly troubles: ReadonlyMap<string, string>;
  readonly reload: Reload | undefined;
}

async function serve(
  options: ServerConfig,
  metrics: MetricsPage,
  scope: Scope,
  deps: AppDeps,
  state: State,
): Promise<void> {
  const server = await (deps.startServer ?? startServer)(options, {
    ready: () => ({
      ok: ![...state.troubles.keys()].some((part) => !part.startsWith('destination ')),
      details: details(state),
    }),
    metrics: async () => ({ text: await metrics.render(), contentType: metrics.contentType }),
  });
  scope.defer(() => server.close());
  deps.log.info({ host: options.host, port: server.port }, 'listening');
}

function details({ troubles, fleet, journal, inlet, reload }: State): object {
  const destinations = fleet.outlets().map((outlet) => {
    const { state, reason, detail, sinceMs } = outlet.health();
    const { pending, dead, delivered, shed, made } = journal.queue(outlet.name);
    const since = new Date(sinceMs).toISOString();
    return [outlet.name, { state, reason, detail, since, made, delivered, pending, dead, shed }] as const;
  });
  const fullSinceMs = inlet.fullSinceMs();
  return {
    troubles: Object.fromEntries(troubles),
    configuration: reload === undefined ? undefined : configuration(reload.state()),
    lines: Object.fromEntries(journal.lines()),
    destinations: Object.fromEntries(destinations),
    journal_bytes: journal.bytes(),
    journal_encryption: journal.encryption(),
    journal_full_since: fullSinceMs === undefined ? undefined : new Date(fullSinceMs).toISOString(),
  };
}

function configuration({ ok, sinceMs, problems }: ReloadState): object {
  return { ok, since: new Date(sinceMs).toISOString(), problems };
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
