import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seeded, type Random } from '../bench/random.ts';
import { median } from '../bench/measure.ts';
import { number, table, writePage } from '../bench/report.ts';
import type { Daemon } from '../support/daemon.ts';
import type { Ledger } from '../support/kubelet/ledger.ts';
import { startScenario, type Scenario, type ScenarioContext } from '../support/scenario.ts';
import * as sinks from '../support/sink.ts';

// `npm run soak`: hours of trouble in minutes. Ends with the same books as every scenario, or with an error that says what is wrong.

/** What happened, for the page. */
interface Tally {
  kills: number;
  stops: number;
  downtimes: number;
  restarts: number;
  pauses: number;
  troubles: number;
}

/** A test's `after` outside of a test: what is started last ends first. */
function createContext(): ScenarioContext & { end(): Promise<void> } {
  const undos: (() => void | Promise<void>)[] = [];
  return {
    after: (undo) => void undos.unshift(undo),
    diagnostic: (text) => void process.stderr.write(`${text}\n`),
    end: async () => {
      for (const undo of undos) await undo();
    },
  };
}

const manners: readonly (readonly [string, sinks.Manner])[] = [
  ['down', sinks.refuses],
  ['slow', sinks.answersAfter(200)],
  ['late', sinks.answersAfter(700)],
  ['throttling', sinks.throttles('1')],
  ['flapping', sinks.inTurn(sinks.accepts, sinks.refuses, sinks.accepts)],
  ['half-closing', sinks.inTurn(sinks.halfCloses, sinks.leaves)],
];

/** Kills, stops, pauses, downtimes over rotations, and a destination in every kind of trouble, until the time is over. */
async function torment(scenario: Scenario, random: Random, untilMs: number, tally: Tally): Promise<Daemon> {
  const { kubelet, sink, start, delivered } = scenario;
  let daemon = start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    // Before Node has started it a SIGTERM ends it as it ends any program.
    if (signal === 'SIGTERM') await daemon.logged('"starting"');
    daemon.process.kill(signal);
    const code = await daemon.exited();
    if (signal === 'SIGTERM' ? code !== 0 : code !== signal) throw new Error(`ended with ${code}:\n${daemon.log()}`);
  };
  while (performance.now() < untilMs) {
    await sleep(random.below(3000));
    const dice = random.below(13);
    if (dice < 4) {
      tally.kills += 1;
      await end('SIGKILL');
      daemon = start();
    } else if (dice < 5) {
      tally.stops += 1;
      await end('SIGTERM');
      daemon = start();
    } else if (dice < 7) {
      tally.downtimes += 1;
      await delivered(daemon, 60_000);
      await end(dice === 5 ? 'SIGTERM' : 'SIGKILL');
      for (let rotation = 0; rotation < 2; rotation += 1) {
        await sleep(random.below(1000));
        await kubelet.rotate();
      }
      daemon = start();
    } else if (dice < 8) {
      // The kubelet keeps the logs of one dead container: those of this one must not be removed unread.
      await delivered(daemon, 60_000);
      tally.restarts += 1;
      await kubelet.restart();
    } else if (dice < 9) {
      tally.pauses += 1;
      daemon.process.kill('SIGSTOP');
      if (random.below(2) === 0) await kubelet.rotate();
      await sleep(random.below(3000));
      daemon.process.kill('SIGCONT');
    } else await trouble(sink, random, tally);
    sink.behave(sinks.accepts);
  }
  return daemon;
}

async function trouble(sink: sinks.Sink, random: Random, tally: Tally): Promise<void> {
  const [name, manner] = manners[random.below(manners.length + 1)] ?? ['away', sinks.accepts];
  tally.troubles += 1;
  if (name === 'away') await sink.away();
  else sink.behave(manner);
  await sleep(500 + random.below(4000));
  if (name === 'away') await sink.back();
}

/** One long life with a destination that is down half of the time. Resolves with the resident bytes, once a second. */
async function rest({ sink }: Scenario, daemon: Daemon, untilMs: number, tally: Tally): Promise<readonly number[]> {
  const samples: number[] = [];
  const halfMs = 60_000;
  const startMs = performance.now();
  for (let down = false; performance.now() < untilMs;) {
    const wanted = Math.floor((performance.now() - startMs) / halfMs) % 2 === 1;
    if (wanted !== down) {
      down = wanted;
      sink.behave(down ? sinks.refuses : sinks.accepts);
      tally.troubles += down ? 1 : 0;
    }
    samples.push(residentBytes(daemon));
    await sleep(1000);
  }
  sink.behave(sinks.accepts);
  return samples;
}

function residentBytes({ process: { pid } }: Daemon): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024;
}

const megabyte = 1e6;
/** More than this between the first and the last quarter of a life is a leak. */
const growthBytesMax = 16 * megabyte;

function memory(samples: readonly number[]): { readonly first: number; readonly last: number; readonly peak: number } {
  // A process that has just started grows into its work.
  const warm = samples.slice(Math.floor(samples.length / 5));
  const quarter = Math.max(1, Math.floor(warm.length / 4));
  return {
    first: median(warm.slice(0, quarter)),
    last: median(warm.slice(-quarter)),
    peak: Math.max(...samples),
  };
}

async function soak(minutes: number, rate: number, seed: number): Promise<string> {
  const context = createContext();
  const tally: Tally = { kills: 0, stops: 0, downtimes: 0, restarts: 0, pauses: 0, troubles: 0 };
  const totalMs = minutes * 60_000;
  const startMs = performance.now();
  try {
    const destinationOptions = 'retry: {base: 50ms, max: 2s}, timeout: 500ms';
    const options = { seed, rotateBytes: 4e6, journalOptions: ', max_size: 64GiB', destinationOptions };
    const scenario = await startScenario(context, options);
    await scenario.kubelet.rate(rate);
    const daemon = await torment(scenario, seeded(seed), startMs + totalMs * 0.6, tally);
    const samples = await rest(scenario, daemon, startMs + totalMs, tally);
    const ledger = await scenario.kubelet.rate(0);
    await scenario.assertAccounts(daemon, 120_000);
    const used = memory(samples);
    if (used.last > used.first + growthBytesMax) {
      throw new Error(`memory grew from ${number(used.first / megabyte)} to ${number(used.last / megabyte)} MB`);
    }
    return report({ minutes, rate, seed }, ledger, tally, scenario, used);
  } finally {
    await context.end();
  }
}

function report(
  { minutes, rate, seed }: { readonly minutes: number; readonly rate: number; readonly seed: number },
  ledger: Ledger,
  tally: Tally,
  { sink }: Scenario,
  used: ReturnType<typeof memory>,
): string {
  const lines = ledger.events + ledger.others + ledger.unparsable + ledger.oversized;
  const rows = [
    ['events written', number(ledger.events)],
    ['lines written', number(lines)],
    ['megabytes written', number(ledger.bytes / megabyte)],
    ['rotations', number(ledger.rotations)],
    ['container restarts', number(tally.restarts)],
    ['`kill -9`', number(tally.kills)],
    ['SIGTERM', number(tally.stops)],
    ['downtimes over two rotations', number(tally.downtimes)],
    ['pauses (`SIGSTOP`)', number(tally.pauses)],
    ['troubles of the destination', number(tally.troubles)],
    ['events missing in the journal', '0'],
    ['events twice in the journal', '0'],
    ['events missing at the destination', '0'],
    ['events out of order', '0'],
    ['events that came to the destination again', number(sink.accepted.length - sink.distinct())],
    ['memory, first quarter of the last life (MB)', number(used.first / megabyte)],
    ['memory, last quarter of the last life (MB)', number(used.last / megabyte)],
    ['memory, peak of the last life (MB)', number(used.peak / megabyte)],
  ];
  const command = `npm run soak -- --minutes ${minutes} --rate ${rate} --seed ${seed}`;
  return `\`${command}\`\n\n${table(['what', 'count'], rows)}`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      rate: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      write: { type: 'boolean', default: false },
    },
  });
  const text = await soak(Number(values.minutes), Number(values.rate), Number(values.seed));
  process.stdout.write(`${text}\n`);
  if (values.write) writePage('reliability.md', 'soak', text);
}
