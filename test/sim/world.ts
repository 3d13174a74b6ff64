import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { openJournal } from '../../src/journal/open.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { FakeClock } from '../support/clock.ts';
import { Log, logSource } from './log.ts';
import { noKeys, type Keys } from './keys.ts';
import {
  alertReceiver,
  burst,
  createDice,
  digest,
  limited,
  repeats,
  silence,
  startMs,
  type Dice,
  type Plan,
} from './plan.ts';
import type { HoldPlan } from './hold-model.ts';
import { createReceiver, scriptedDestination, type Receiver, type SendHooks } from './receiver.ts';

/** What outlives a process: time, the logs, the receivers, the journal's folder. */
export interface World {
  readonly plan: Plan;
  readonly dice: Dice;
  readonly clock: FakeClock;
  readonly logs: ReadonlyMap<string, Log>;
  readonly receivers: ReadonlyMap<string, Receiver>;
  /** Where the journal is now: another folder after every crash. */
  folder: string;
  /** What the present life is given to read and write the journal with. */
  keys: Keys;
  /** Serial of the next event that is written. */
  nextSerial: number;
  /** What happened, for people. */
  readonly trace: string[];
  say(what: string): void;
  /** The program's own log, part of the trace. */
  readonly log: Logger;
  remove(): void;
}

/** Memory, where there is some to write files to. */
const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** `isNew`: the journal is begun by the first life; otherwise an empty one is there, which costs less to copy than to make. */
export function createWorld(plan: Plan, dice: Dice, isNew: boolean): World {
  const root = mkdtempSync(join(temporary, 'herald-sim-'));
  const folder = join(root, 'journal-0');
  if (!isNew) putSnapshot(folder, (empty ??= emptyJournal(plan)));
  const clock = new FakeClock(startMs);
  const trace: string[] = [];
  const say = (what: string): void =>
    void trace.push(`${((clock.now() - startMs) / 1000).toFixed(3).padStart(9)} ${what}`);
  return {
    plan,
    dice,
    clock,
    logs: new Map(plan.sources.map((name) => [name, new Log()])),
    receivers: new Map(plan.destinations.map((one) => [one.name, createReceiver(one)])),
    folder,
    keys: noKeys,
    nextSerial: 0,
    trace,
    say,
    log: pino({ level: 'info', base: {}, timestamp: false }, { write: (line) => say(line.trimEnd()) }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A journal's files at one moment. */
export type Snapshot = ReadonlyMap<string, Buffer>;

const files = ['herald.db', 'herald.db-wal'];

export function takeSnapshot(folder: string): Snapshot {
  return new Map(
    files.flatMap((name) => {
      const path = join(folder, name);
      return existsSync(path) ? [[name, readFileSync(path)] as const] : [];
    }),
  );
}

function putSnapshot(folder: string, snapshot: Snapshot): void {
  mkdirSync(folder);
  for (const [name, bytes] of snapshot) writeFileSync(join(folder, name), bytes);
}

let empty: Snapshot | undefined;

/** What an ended program leaves that has not read anything. The limits of a plan are not kept in the file. */
function emptyJournal({ maxBytes, whenFull, retentionMs }: Plan): Snapshot {
  const path = mkdtempSync(join(temporary, 'herald-sim-'));
  const log = { info: () => undefined, error: () => undefined };
  openJournal({ path, maxBytes, whenFull, retentionMs }, { restore: fromStored, nowMs: 0, log }).close();
  const snapshot = takeSnapshot(path);
  rmSync(path, { recursive: true });
  return snapshot;
}

let copies = 0;

/** Moves the world to a copy of the journal's files as a crash leaves them. SQLite must not get to know, so nothing is closed before. */
export function moveFolder(world: World, left: Snapshot): void {
  copies += 1;
  world.folder = world.folder.replace(/-\d+$/, `-${copies}`);
  putSnapshot(world.folder, left);
}

const nothing: SendHooks = { begin: () => undefined, end: () => false };
const base = loadConfig(
  `sources: [{type: log, name: server, log: server}, {type: log, name: worker, log: worker}]
journal: {path: /nowhere}
rules:
  - {name: all, policies: [{action: "*"}], destinations: [a]}
  - {name: failures, policies: [{action: login_failed}], destinations: [a, b], severity: warning}
  - {name: changes, policies: [{action: "model_*"}], destinations: [b, c]}
  - {name: ${burst.rule}, policies: [{action: ${burst.action}}], window: {count: ${burst.count}, within: 1h}, destinations: [${alertReceiver}]}
  - {name: ${digest.rule}, policies: [{action: ${digest.action}}], group: {wait: 2s, interval: 3s}, destinations: [${alertReceiver}]}
  - {name: ${repeats.rule}, policies: [{action: ${repeats.action}}], suppress: {for: ${secondsOf(repeats)}, by: [event.client_ip]}, destinations: [${alertReceiver}]}
  - {name: ${limited.rule}, policies: [{action: ${limited.action}}], limit: {count: ${limited.count}, per: ${secondsOf(limited)}}, destinations: [${alertReceiver}]}
  - {name: ${silence.plain}, policies: [{action: login}], destinations: [${alertReceiver}]}
silences:
  - rules: [${silence.rules.map(({ rule }) => rule).join(', ')}]
    match: {client_ip: ${silence.clientIp}}
    from: ${new Date(silence.fromMs).toISOString()}
    until: ${new Date(silence.untilMs).toISOString()}
    reason: maintenance
destinations: {a: {type: scripted}, b: {type: scripted}, c: {type: scripted}, d: {type: scripted}}
server: {listen: "127.0.0.1:0"}
`,
  'simulation.yaml',
  { env: {}, hostname: 'simulation', readFile: () => '' },
  {
    sources: [logSource(new Map(), createDice(0))],
    destinations: [scriptedDestination(new Map(), createDice(0), nothing)],
  },
);

function secondsOf({ periodMs }: HoldPlan): string {
  return `${periodMs / 1000}s`;
}

/** The configuration of a plan. `version` makes parts that have to be exchanged for those of another version. */
export function configOf(world: World, hooks: SendHooks, version: string): Config {
  const { plan, dice } = world;
  const logs = logSource(world.logs, dice);
  const scripted = scriptedDestination(world.receivers, dice, hooks);
  const sources = plan.sources.map((log, at) => ({
    name: at === 0 ? 'first' : 'second',
    kind: logs,
    options: { log },
    fingerprint: version,
  }));
  const destinations = plan.destinations.map(({ name, items, waitMs, concurrency, maxAgeMs, digest }) => {
    const from = base.destinations.get(name);
    if (from === undefined) throw new RangeError(name);
    const policy = { items, bytes: 100_000, waitMs, concurrency, maxAgeMs, digest };
    const retry = { baseMs: 100, maxMs: 4000 };
    return [name, { ...from, kind: scripted, fingerprint: version, policy, retry }] as const;
  });
  const { maxBytes, whenFull, retentionMs } = plan;
  const rules = base.rules.filter(({ name }) => plan.rules.includes(name));
  const silences = plan.rules.includes(silence.rule) ? base.silences : [];
  const { encryption } = world.keys;
  const journal = { path: world.folder, maxBytes, whenFull, retentionMs, ...(encryption && { encryption }) };
  return { ...base, rules, silences, sources, destinations: new Map(destinations), journal };
}
