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

// How fast each batched destination empties a backlog of the journal into its stand-in, which is a process of its own.

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    kind: { type: 'string', multiple: true },
    write: { type: 'boolean', default: false },
  },
});
const batched = ['splunk_hec', 'elasticsearch', 'loki', 'datadog', 'sentinel', 'otlp', 'syslog'];
const kinds = destinations.filter(({ type }) => (values.kind ?? batched).includes(type));
const wantedPerSecond = 15_000;
const linesAtOnce = 1000;

const folder = mkdtempSync(join(tmpdir(), 'herald-bench-'));
const log = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));
const journal = openJournal(
  { path: folder, retentionMs: 86_400_000, maxBytes: 4 * 1024 ** 3, whenFull: 'block' },
  { restore: fromStored, nowMs: systemClock.now(), log },
);
const rows: string[][] = [];
try {
  fill(journal, Number(values.events));
  for (const { type } of kinds) rows.push(await measure(type));
} finally {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
}
const text = table(['destination', 'events/s', 'CPU µs per event', 'wanted 15,000/s'], rows);
process.stdout.write(`${text}\n`);
if (values.write) {
  const how = `\`node test/bench/destinations.ts\`: a backlog of ${number(Number(values.events))} events in the journal, each kind's own example with its format and gzip, the stand-in in a process of its own.`;
  writePage('benchmarks.md', 'destinations', `${how}\n\n${text}`);
}

/** The events of the benchmark's log, as they would be now. */
function fill(into: Journal, count: number): void {
  const redactor = createRedactor(redactOptions(load(redactSchema, {})));
  const decoder = createDecoder({ origin: {}, maxLineBytes: 4 * 1024 * 1024, lookalikes: false });
  const deliveries = kinds.map(({ type }) => ({ rule: 'all', severity: 'notice' as const, destination: type }));
  const line = eventLines(1);
  for (let written = 0; written < count;) {
    const { events } = decoder.push(Buffer.from(Array.from({ length: linesAtOnce }, line).join('')));
    const taken = events.slice(0, count - written);
    const nowMs = systemClock.now();
    const entries = taken.map((raw) => ({ event: redactor.redact({ ...raw, at: nowMs }).event, deliveries }));
    into.append({ source: 'bench', entries, counts: {}, checkpoints: new Map() }, nowMs);
    written += taken.length;
  }
}

async function measure(type: string): Promise<string[]> {
  const kind = kinds.find((one) => one.type === type);
  if (kind === undefined) throw new Error(type);
  const sink = fork(join(import.meta.dirname, 'destination-sink.ts'), [type]);
  const [options] = (await once(sink, 'message')) as [Written];
  const destination = createDestination(kind, options);
  const metrics = createMetrics({ queues: () => new Map(), journalBytes: () => 0, nowMs: () => systemClock.now() });
  const config = load(kind.schema, options);
  const outlet = createOutlet({
    name: type,
    destination,
    policy: kind.policy(config),
    retry: { baseMs: 1000, maxMs: 5000, maxAgeMs: undefined },
    journal,
    metrics,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  const { pending } = journal.queue(type);
  const [drain, stop] = [new AbortController(), new AbortController()];
  drain.abort();
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  await outlet.run(drain.signal, stop.signal);
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await destination.close();
  sink.disconnect();
  const { delivered } = journal.queue(type);
  if (delivered !== pending) process.stderr.write(`${type}: only ${delivered} of ${pending} delivered\n`);
  const rate = delivered / seconds;
  return [type, number(rate), number((user + system) / delivered), rate >= wantedPerSecond ? 'yes' : 'NO'];
}
