import { mkdirSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contestants, row, type Contestant, type Row } from './contest.ts';
import { generate } from './generate.ts';
import { median, percentile } from './measure.ts';
import { footprint, latencies, startToFirstEvent } from './probe.ts';
import { number, table, targetTable, writePage } from './report.ts';
import { startSink } from './sink.ts';
import { syslogNgVersion } from './syslog-ng.ts';
import { judge, type Measurements } from './targets.ts';
import type { RunResult } from './throughput.ts';

const shares: readonly (readonly [number, readonly Contestant[]])[] = [
  [10, ['wc -l', 'JSON.parse loop', 'Node, bare steps', 'syslog-ng', 'syslog-ng, byte filter first', 'herald']],
  [100, ['wc -l', 'JSON.parse loop', 'Node, bare steps', 'syslog-ng', 'syslog-ng, byte filter first', 'herald']],
  [0, ['wc -l', 'syslog-ng, byte filter first', 'herald']],
];
const cache = fileURLToPath(new URL('../../.bench/', import.meta.url));

const method = [
  'The file is a CRI log made from the lines of the test corpus with a seed (`test/bench/generate.ts`): each line has its own names,',
  'addresses, ids and times. syslog-ng reads it from its head, parses CRI and JSON, keeps the info-level events and posts their text as',
  'NDJSON to a loopback sink that counts; it joins no split records and keeps nothing on disk but its place in the file. Its second variant searches',
  'each raw line for the bytes `Created Event` before it parses anything. herald does the same with redaction, a rule and its durable',
  'journal (`synchronous=FULL`) in the path, and posts the normalised event. Rates count from the start of the process to the last',
  "event's arrival, start-up included; only the rate of lines that are no events counts from the first event's arrival. CPU is user and system time",
  'of the program itself; the sink is a process of its own. `Node, bare steps` (`test/bench/bare.ts`) parses, hashes, stores and posts in the same',
  'libraries, and nothing else: no redaction, no rules, no normal form. It is what one thread of Node could reach at most.',
].join('\n');

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
    `syslog-ng ${syslogNgVersion()}. Medians of ${repetitions} interleaved repetitions.\n\n${method}`
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
  if (values.write) writePage('benchmarks.md', 'bench', text);
}
