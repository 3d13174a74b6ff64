import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { systemClock, systemRandom } from '../../src/core/clock.ts';
import { createDecoder } from '../../src/decode/create.ts';
import { destinations } from '../../src/destinations/index.ts';
import { EncodedEvent } from '../../src/journal/encoded.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { createOutlet } from '../../src/pipeline/outlet.ts';
import { createRedactor, fromStored } from '../../src/redact/redactor.ts';
import { redactOptions, redactSchema } from '../../src/redact/options.ts';
import { load } from '../../src/config/value.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { createDestination } from '../support/receivers/destination.ts';
import type { Written } from '../support/receivers/destination.ts';
import { eventLines } from './generate.ts';
import { number, table, writePage } from './report.ts';

// How fast each batched destination empties a backlog of the journal into its stand-in, which is a process of its own: once as fast as
// it can, once with every answer 100 ms late. All kinds are measured in turn, and the fastest of their runs counts: what else the
// machine does only ever adds. The slowest one is shown beside it.

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    kind: { type: 'string', multiple: true },
    repetitions: { type: 'string', default: '2' },
    write: { type: 'boolean', default: false },
  },
});
const batched = ['splunk_hec', 'elasticsearch', 'loki', 'datadog', 'sentinel', 'otlp', 'syslog'];
const kinds = destinations.filter(({ type }) => (values.kind ?? batched).includes(type));
const wantedPerSecond = 15_000;
const latencyMs = 100;
const wantedPerSecondLate = 5000;
/** So many of the events are enough with late answers. */
const lateShare = 1 / 4;
const linesAtOnce = 1000;

const log = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));

interface Run {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly sinkMicros: number;
}

const early = new Map<string, readonly Run[]>();
const delayed = new Map<string, Run>();
for (let repetition = 0; repetition < Number(values.repetitions); repetition += 1) {
  for (const { type } of kinds) {
    await withBacklog(type, async (journal) => {
      early.set(type, [...(early.get(type) ?? []), await measure(journal, type, type, 0)]);
      // Syslog has no answers.
      if (type === 'syslog' || delayed.has(type)) return;
      delayed.set(type, await measure(journal, type, late(type), latencyMs));
    });
  }
}
const rows = kinds.map(({ type }) => row(type, early.get(type) ?? [], delayed.get(type)));
const text = table(
  [
    'destination',
    'events/s',
    'slowest run',
    `wanted ${number(wantedPerSecond)}/s`,
    'CPU µs per event',
    "stand-in's",
    `events/s at ${latencyMs} ms`,
    `wanted ${number(wantedPerSecondLate)}/s`,
  ],
  rows,
);
process.stdout.write(`${text}\n`);
if (values.write) {
  const runs =
    values.repetitions === '1' ? 'one run' : `the fastest of ${values.repetitions} runs in turn, late answers once`;
  const how = `\`node test/bench/destinations.ts\`: a backlog of ${number(Number(values.events))} events in the journal, each kind's own example with its format and gzip, the stand-in in a process of its own, where it judges the first three requests and takes the others as they come; ${runs}. Syslog has no answers that could be late.`;
  writePage('benchmarks.md', 'destinations', `${how}\n\n${text}`);
}

/** A journal in which everything waits for this kind, and a part of it once more for late answers. */
async function withBacklog(type: string, work: (journal: Journal) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'herald-bench-'));
  const journal = openJournal(
    { path: folder, retentionMs: 86_400_000, maxBytes: 4 * 1024 ** 3, whenFull: 'block' },
    { restore: fromStored, nowMs: systemClock.now(), log },
  );
  try {
    fill(journal, type, Number(values.events));
    await work(journal);
  } finally {
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The events of the benchmark's log, as they would be now. */
function fill(into: Journal, type: string, count: number): void {
  const redactor = createRedactor(redactOptions(load(redactSchema, {})));
  const decoder = createDecoder({ origin: {}, maxLineBytes: 4 * 1024 * 1024, lookalikes: false });
  const to = (destination: string) => ({ rule: 'all', severity: 'notice' as const, destination });
  const line = eventLines(1);
  for (let written = 0; written < count;) {
    const { events } = decoder.push(Buffer.from(Array.from({ length: linesAtOnce }, line).join('')));
    const taken = events.slice(0, count - written);
    const nowMs = systemClock.now();
    const deliveries = written < count * lateShare ? [to(type), to(late(type))] : [to(type)];
    const entries = taken.map((raw) => {
      const { event } = redactor.redact({ ...raw, at: nowMs });
      return { event: new EncodedEvent(event), deliveries };
    });
    into.append({ source: 'bench', entries, counts: {}, checkpoints: new Map() }, nowMs);
    written += taken.length;
  }
}

/** The queue of a kind whose answers are late. */
function late(type: string): string {
  return `${type}-late`;
}

function row(type: string, runs: readonly Run[], slow: Run | undefined): string[] {
  const ordered = runs.toSorted((a, b) => b.perSecond - a.perSecond);
  const fast = ordered[0];
  return [
    type,
    number(fast?.perSecond ?? NaN),
    number(ordered.at(-1)?.perSecond ?? NaN),
    verdict(fast?.perSecond, wantedPerSecond),
    number(fast?.cpuMicros ?? NaN),
    number(fast?.sinkMicros ?? NaN),
    number(slow?.perSecond ?? NaN),
    verdict(slow?.perSecond, wantedPerSecondLate),
  ];
}

function verdict(measured: number | undefined, wanted: number): string {
  return measured === undefined ? '–' : measured >= wanted ? 'yes' : 'NO';
}

/** Empties a queue; CPU time is for each event, the process's own with all its threads and the stand-in's. */
async function measure(journal: Journal, type: string, name: string, answerMs: number): Promise<Run> {
  const kind = kinds.find((one) => one.type === type);
  if (kind === undefined) throw new Error(type);
  const sink = fork(join(import.meta.dirname, 'destination-sink.ts'), [type, String(answerMs)]);
  const [options] = (await once(sink, 'message')) as [Written];
  const sinkCpu = async (): Promise<number> => {
    sink.send('CPU time');
    return ((await once(sink, 'message')) as [number])[0];
  };
  const destination = createDestination(kind, options);
  const metrics = createMetrics({ queues: () => new Map(), journalBytes: () => 0, nowMs: () => systemClock.now() });
  const outlet = createOutlet({
    name,
    destination,
    policy: kind.policy(load(kind.schema, options)),
    retry: { baseMs: 1000, maxMs: 5000, maxAgeMs: undefined },
    journal,
    metrics,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  const { pending } = journal.queue(name);
  const [drain, stop] = [new AbortController(), new AbortController()];
  drain.abort();
  const sinkBefore = await sinkCpu();
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  await outlet.run(drain.signal, stop.signal);
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const sinkMicros = ((await sinkCpu()) - sinkBefore) / pending;
  await destination.close();
  sink.disconnect();
  const { delivered } = journal.queue(name);
  if (delivered !== pending) process.stderr.write(`${name}: only ${delivered} of ${pending} delivered\n`);
  return { perSecond: delivered / seconds, cpuMicros: (user + system) / delivered, sinkMicros };
}
