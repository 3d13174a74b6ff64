import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Config, DestinationConfig, SourceConfig } from './config/config.ts';
import type { Clock, Random } from './core/clock.ts';
import { discreet } from './destinations/discreet.ts';
import type { Journal } from './journal/journal.ts';
import type { Inlet } from './pipeline/inlet.ts';
import type { OutletPart, Parts, SourcePart } from './pipeline/lifecycle.ts';
import { createOutlet, type Outlet } from './pipeline/outlet.ts';
import { viewed } from './destinations/viewed.ts';
import type { MetricsPage } from './server/metrics.ts';

/** What the process has of the world, for sources and destinations. */
export interface ProcessDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly stdin: Readable;
  readonly env: { readonly [name: string]: string | undefined };
  readonly stdout: (text: string) => Promise<void>;
  /** Standard output shows colours. */
  readonly colours: boolean;
}

export interface PartsDeps {
  readonly deps: ProcessDeps;
  readonly journal: Journal;
  readonly inlet: Pick<Inlet, 'accept'>;
  readonly metrics: MetricsPage;
}

/** The sources and outlets of the configuration in use. */
export interface Fleet {
  /** The parts that a configuration makes. What is as before stays the same part; from now on its outlets are the ones in use. */
  partsOf(config: Config): Parts;
  outlets(): readonly Outlet[];
  outlet(name: string): Outlet | undefined;
}

interface Way {
  readonly outlet: Outlet;
  readonly part: OutletPart;
}

export function createFleet(made: PartsDeps): Fleet {
  let ways = new Map<string, Way>();
  let sources = new Map<string, SourcePart>();
  let runbooks = new Map<string, string>();
  const runbook = (rule: string): string | undefined => runbooks.get(rule);
  return {
    partsOf(config) {
      runbooks = new Map(config.rules.flatMap(({ name, runbook: text }) => (text === undefined ? [] : [[name, text]])));
      ways = new Map(
        [...config.destinations.values()].map((one) => {
          const version = versionOf(one, config);
          const before = ways.get(one.name);
          return [one.name, before?.part.version === version ? before : createWay(one, version, config, made, runbook)];
        }),
      );
      sources = new Map(
        config.sources.map((one) => {
          const before = sources.get(one.name);
          return [one.name, before !== undefined && one.kind.once === true ? before : sourcePart(one, made)];
        }),
      );
      return { sources: [...sources.values()], outlets: [...ways.values()].map(({ part }) => part) };
    },
    outlets: () => [...ways.values()].map(({ outlet }) => outlet),
    outlet: (name) => ways.get(name)?.outlet,
  };
}

/** Everything that a destination is made from: whatever of it changes makes another one. */
function versionOf({ fingerprint }: DestinationConfig, { instance, authentikUrl }: Config): string {
  return JSON.stringify([fingerprint, instance, authentikUrl]);
}

function createWay(
  { name, kind, options, common, retry, policy, view }: DestinationConfig,
  version: string,
  config: Config,
  { deps, journal, metrics }: PartsDeps,
  runbook: (rule: string) => string | undefined,
): Way {
  const { clock, random, log, stdout, colours } = deps;
  const whole = kind.create(options, {
    name,
    instance: config.instance,
    authentikUrl: config.authentikUrl,
    runbook,
    clock,
    common,
    inbox: { put: (item) => journal.putNotification(item) },
    stdout,
    colours,
  });
  const destination = discreet(view === undefined ? whole : viewed(whole, view.options, view.pseudonymize));
  const retryPolicy = { ...retry, maxAgeMs: policy.maxAgeMs };
  const outlet = createOutlet({ name, destination, policy, retry: retryPolicy, journal, metrics, clock, random, log });
  return {
    outlet,
    part: {
      name: `destination ${name}`,
      version,
      run: (drain, stop) => outlet.run(drain, stop),
      retire: () => outlet.retire(),
      close: () => destination.close(),
    },
  };
}

function sourcePart({ name, kind, options, fingerprint }: SourceConfig, made: PartsDeps): SourcePart {
  const { deps, journal, inlet, metrics } = made;
  return {
    name: `source ${name}`,
    version: fingerprint,
    run: (drain, stop) =>
      kind
        .create(options, {
          name,
          clock: deps.clock,
          random: deps.random,
          log: deps.log.child({ source: name }),
          stdin: deps.stdin,
          env: deps.env,
          checkpoints: journal.checkpoints(name),
          accept: (batch) => inlet.accept(name, batch, stop),
          lag: (bytes) => metrics.lagBytes(name, bytes),
        })
        .run(drain, stop),
  };
}
