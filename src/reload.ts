import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import type { ConfigFeed } from './config/feed.ts';
import { ConfigError, formatProblem } from './core/errors.ts';
import type { Parts, WatchPart } from './pipeline/lifecycle.ts';
import type { MetricsPage } from './server/metrics.ts';

/** How the last look at the configuration ended, for `/readyz`. */
export interface ReloadState {
  readonly ok: boolean;
  /** When the configuration in use was read, ms. */
  readonly sinceMs: number;
  /** What is wrong with the newest one, which is therefore not in use. */
  readonly problems: readonly string[];
}

export interface ReloadDeps {
  /** The configuration that the process started with. */
  readonly first: Config;
  readonly log: Logger;
  readonly metrics: MetricsPage;
  readonly nowMs: () => number;
  /** Takes a configuration into use and gives the parts that it makes. */
  readonly use: (config: Config) => Parts;
}

export interface Reload {
  readonly part: WatchPart;
  state(): ReloadState;
}

/** Follows the configuration: a good one is taken into use, a bad one is reported and leaves everything as it is. */
export function createReload(feed: ConfigFeed, deps: ReloadDeps): Reload {
  const { log, metrics, nowMs } = deps;
  let state: ReloadState = { ok: true, sinceMs: nowMs(), problems: [] };
  return { part: { name: 'configuration', run }, state: () => state };

  async function run(exchange: (parts: Parts) => void, signal: AbortSignal): Promise<void> {
    while (true) {
      const next = await feed.next(signal);
      if (next === undefined) return;
      if (next instanceof ConfigError) refuse(next);
      else take(next, exchange);
    }
  }

  function take(config: Config, exchange: (parts: Parts) => void): void {
    for (const warning of config.warnings) log.warn(formatProblem(warning));
    for (const what of untilRestart(deps.first, config)) {
      log.warn(`${config.file}: ${what} has changed: this counts from the next start of herald`);
    }
    exchange(deps.use(config));
    state = { ok: true, sinceMs: nowMs(), problems: [] };
    metrics.configReloaded(true);
    const sources = config.sources.map(({ name }) => name);
    log.info({ sources, destinations: [...config.destinations.keys()] }, 'the changed configuration is in use');
  }

  function refuse({ problems }: ConfigError): void {
    state = { ...state, ok: false, problems: problems.map(formatProblem) };
    metrics.configReloaded(false);
    for (const problem of problems) log.error(formatProblem(problem));
    log.error({ problems: problems.length }, 'the changed configuration is not used: the one before stays');
  }
}

/** What of a changed configuration cannot be taken into use while the process runs. */
function untilRestart(first: Config, now: Config): readonly string[] {
  const sections = [...now.fixed].filter(([name, version]) => first.fixed.get(name) !== version).map(([name]) => name);
  const sources = now.sources
    .filter(({ kind, name, fingerprint }) => {
      const before = first.sources.find((one) => one.name === name);
      return kind.once === true && before !== undefined && before.fingerprint !== fingerprint;
    })
    .map(({ name }) => `the source ${name}`);
  return [...sections, ...sources];
}
