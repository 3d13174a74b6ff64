import { mkdirSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runJsonLoop, runWc } from './baseline.ts';
import { generate, type GeneratedLog } from './generate.ts';
import { runHerald } from './herald.ts';
import { median, percentile } from './measure.ts';
import { footprint, latencies, startToFirstEvent, type Footprint } from './probe.ts';
import { number, table, targetTable, writePage } from './report.ts';
import { startSink, type Sink } from './sink.ts';
import { runSyslogNg, syslogNgVersion } from './syslog-ng.ts';
import { judge } from './targets.ts';
import type { RunResult } from './throughput.ts';

/** Contestants in the order of the table. Each gets the file in turn, so that a busy moment of the machine hits all alike. */
const contestants = {
  'wc -l': (log) => runWc(log),
  'JSON.parse loop': (log) => runJsonLoop(log),
  'syslog-ng': (log, sink, scratch) => runSyslogNg('plain', log, sink, scratch),
  'syslog-ng, byte filter first': (log, sink, scratch) => runSyslogNg('prefiltered', log, sink, scratch),
  herald: (log, sink, scratch) => runHerald(log, sink, scratch),
} as const satisfies {
  readonly [name: string]: (log: GeneratedLog, sink: Sink, scratch: string) => Promise<RunResult>;
};

type Contestant = keyof typeof contestants;

/** Medians over the repetitions of one contestant on one file. */
export interface Row {
  readonly contestant: Contestant;
  readonly log: GeneratedLog;
  readonly linesPerSecond: number;
  readonly cpuSecondsPerMillion: number;
  readonly result: RunResult;
}

/** Everything that one run of the bench measured. `rows` are by share of events in percent. */
export interface Measurements {
  readonly rows: ReadonlyMap<number, readonly Row[]>;
  readonly latenciesMs: readonly number[];
  readonly idle: Footprint;
  readonly startMs: number;
}

const shares: readonly (readonly [number, readonly Contestant[]])[] = [
  [10, ['wc -l', 'JSON.parse loop', 'syslog-ng', 'syslog-ng, byte filter first', 'herald']],
  [100, ['wc -l', 'JSON.parse loop', 'syslog-ng', 'syslog-ng, byte filter first', 'herald']],
  [0, ['wc -l', 'syslog-ng, byte filter first', 'herald']],
];
const cache = fileURLToPath(new URL('../../.bench/', import.meta.url));

async function measure(bytes: number, repetitions: number, quick: boolean): Promise<Measurements> {
  const scratch = `${cache}run-${process.pid}/`;
  mkdirSync(scratch, { recursive: true });
  const sink = await startSink({ keepIds: false });
  try {
    const rows = new Map<number, readonly Row[]>();
    for (const [share, names] of shares) {
      const log = generate({ bytes, share: share / 100, seed: 1 });
      const results = new Map<Contestant, RunResult[]>(names.map((name) => [name, []]));
      for (let repetition = 0; repetition < repetitions; repetition++) {
        for (const name of names) {
          say(`${share} % events, ${name}, ${repetition + 1} of ${repetitions}`);
          results.get(name)?.push(await contestants[name](log, sink, scratch));
        }
      }
      rows.set(
        share,
        names.map((name) => row(name, log, results.get(name) ?? [])),
      );
    }
    say('append to arrival');
    const latenciesMs = await latencies(quick ? 100 : 300, scratch);
    say('start to first event');
    const starts: number[] = [];
    for (let i = 0; i < 5; i++) starts.push(await startToFirstEvent(scratch));
    say('at rest');
    const idle = await footprint(quick ? 5000 : 20_000, scratch);
    return { rows, latenciesMs, idle, startMs: median(starts) };
  } finally {
    await sink.stop();
    rmSync(scratch, { recursive: true });
  }
}

function row(contestant: Contestant, log: GeneratedLog, results: readonly RunResult[]): Row {
  const middle = (of: (result: RunResult) => number): number => median(results.map(of));
  const result = {
    wallSeconds: middle(({ wallSeconds }) => wallSeconds),
    streamSeconds: middle(({ streamSeconds }) => streamSeconds),
    cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
    rssPeakBytes: Math.max(...results.map(({ rssPeakBytes }) => rssPeakBytes)),
    rssMeanBytes: middle(({ rssMeanBytes }) => rssMeanBytes),
    requests: middle(({ requests }) => requests),
  };
  return {
    contestant,
    log,
    linesPerSecond: log.lines / result.wallSeconds,
    cpuSecondsPerMillion: (result.cpuSeconds / log.lines) * 1e6,
    result,
  };
}

function render({ rows, latenciesMs, idle, startMs }: Measurements): string {
  const header = ['program', 'lines/s', 'MB/s', 'events/s', 'CPU s per million lines', 'RSS peak MB', 'RSS mean MB'];
  const parts = [...rows].map(([share, ofShare]) => {
    const { log } = ofShare[0] ?? { log: undefined };
    const cells = ofShare.map(
      ({ contestant, log: { bytes, events }, linesPerSecond, cpuSecondsPerMillion, result }) => [
        contestant,
        number(linesPerSecond),
        number(bytes / 1e6 / result.wallSeconds),
        number(events / result.wallSeconds),
        number(cpuSecondsPerMillion, 2),
        number(result.rssPeakBytes / 1e6),
        number(result.rssMeanBytes / 1e6),
      ],
    );
    const size = `${number((log?.bytes ?? 0) / 1e6)} MB, ${number(log?.lines ?? 0)} lines, ${number(log?.events ?? 0)} events`;
    return `### ${share} % of the lines are events (${size})\n\n${table(header, cells)}`;
  });
  const p = (share: number): string => number(percentile(latenciesMs, share), 2);
  const alone = table(
    ['herald alone', 'value'],
    [
      ['append to arrival, p50 / p90 / p99 / max, ms', `${p(0.5)} / ${p(0.9)} / ${p(0.99)} / ${p(1)}`],
      ['start to first delivered event, ms', number(startMs)],
      ['at rest: RSS, MB', number(idle.rssBytes / 1e6)],
      ['at rest: CPU, % of a core', number(idle.cpuPercent, 2)],
    ],
  );
  const targets = targetTable(judge({ rows, latenciesMs, idle, startMs }));
  return [...parts, `### One daemon\n\n${alone}`, `### Targets\n\n${targets}`].join('\n\n');
}

function facts(command: string, repetitions: number): string {
  const [first] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  return (
    `\`${command}\`, ${day}: ${cpus().length} × ${first?.model ?? 'unknown CPU'}, Node ${process.versions.node}, ` +
    `syslog-ng ${syslogNgVersion()}. Medians of ${repetitions} interleaved repetitions; lines/s count from the start of the ` +
    `process to the last event's arrival at the sink.`
  );
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      mb: { type: 'string' },
      repetitions: { type: 'string', default: '3' },
    },
  });
  const repetitions = Number(values.repetitions);
  const mb = Number(values.mb ?? (values.quick ? 20 : 200));
  syslogNgVersion();
  const measured = await measure(mb * 1e6, repetitions, values.quick);
  const text = `${facts(`npm run bench${mb === 200 ? '' : ` -- --mb ${mb}`}`, repetitions)}\n\n${render(measured)}`;
  process.stdout.write(`${text}\n`);
  if (values.write) writePage(text);
}
