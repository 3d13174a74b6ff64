import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { parseArgs } from 'node:util';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { kinds } from '../../src/build.ts';
import { loadConfig } from '../../src/config/load.ts';
import { systemClock } from '../../src/core/clock.ts';
import { withViews, type Event } from '../../src/core/event.ts';
import type { Metrics } from '../../src/core/metrics.ts';
import { openJournal } from '../../src/journal/open.ts';
import { createInlet } from '../../src/pipeline/inlet.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { stagesOf } from '../../src/stages.ts';
import { seeded } from './random.ts';
import { number, table, writePage } from './report.ts';

// Rules over time in the way in: redaction, 20 rules for single events and 10 that remember, the journal. And a spray.

const { values } = parseArgs({
  options: { events: { type: 'string', default: '100000' }, write: { type: 'boolean', default: false } },
});
const batchEvents = 1000;
const silentLog = pino({ level: 'silent' });

setFlagsFromString('--expose-gc');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a function once the flag is set
const collectGarbage = runInNewContext('gc') as () => void;

const single = Array.from({ length: 20 }, (_, at) =>
  at % 2 === 0
    ? `{name: s${at}, policies: [{action: [login_${at}, logout], client_ip: 10.${at}.0.0/16}], destinations: [out]}`
    : `{name: s${at}, mode: all, policies: [{action: login_failed}, {expression: 'event.user.username == "x${at}"'}], destinations: [out]}`,
);
const by = 'by: [event.client_ip]';
const remembering = [
  `window: {count: 1000, within: 1h, ${by}}`,
  `window: {count: 1000, within: 1h, ${by}, distinct: event.user.username}`,
  `window: {count: 1000, within: 10m, by: [event.user.username]}`,
  `suppress: {for: 1h, ${by}}`,
  `group: {wait: 1h, ${by}}`,
  `new: {value: event.user.username, ${by}, learn: 30d}`,
  `sequence: {within: 1h, ${by}, steps: [{policies: [{action: login}], count: 2}]}`,
  `travel: {by: [event.user.username]}`,
  `limit: {count: 10, per: 1h}`,
  `absence: {for: 1h}`,
].map((course, at) => `{name: r${at}, policies: [{action: login_failed}], ${course}, destinations: [out]}`);

function inletWith(rules: readonly string[], folder: string) {
  const text = `sources: [{type: stdin}]\nrules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}destinations: {out: {type: stdout}}\n`;
  const config = loadConfig(text, 'bench', { env: {}, hostname: 'bench', readFile: () => '' }, kinds);
  const options = { path: folder, retentionMs: 86_400_000, maxBytes: 4 * 1024 ** 3, whenFull: 'block' } as const;
  const journal = openJournal(options, { restore: fromStored, nowMs: systemClock.now(), log: silentLog });
  const stages = stagesOf(config);
  const metrics: Metrics = createMetrics({
    queues: () => new Map(),
    journalBytes: () => 0,
    nowMs: () => systemClock.now(),
  });
  const wake = (): void => undefined;
  const inlet = createInlet({ journal, stages: () => stages, metrics, clock: systemClock, log: silentLog, wake });
  return { inlet, journal, rules: stages.rules };
}

/** Failed logins from so many addresses and of so many users, one after the other. */
function* events(count: number, addresses: number, startMs: number, everyMs: number): Generator<Event[]> {
  const random = seeded(1);
  for (let at = 0; at < count; at += batchEvents) {
    yield Array.from({ length: Math.min(batchEvents, count - at) }, (_, place) => {
      const one = random.below(addresses);
      const serial = at + place;
      return withViews({
        id: serial.toString(16).padStart(32, '0'),
        at: startMs + Math.floor(serial * everyMs),
        action: 'login_failed',
        client_ip: `10.${one >> 16}.${(one >> 8) & 255}.${one & 255}`,
        user: { username: `user-${one}`, pk: one, email: '' },
        context: {
          username: `user-${one}`,
          http_request: { method: 'POST', path: '/api/v3/flows/executor/default/', args: {} },
        },
        origin: {},
      });
    });
  }
}

async function measure(rules: readonly string[], count: number, addresses: number) {
  const folder = mkdtempSync(join(tmpdir(), 'herald-bench-'));
  const { inlet, journal, rules: running } = inletWith(rules, folder);
  const { signal } = new AbortController();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const startMs = performance.now();
  const counts = { event: batchEvents };
  for (const batch of events(count, addresses, systemClock.now() - 3_600_000, 3_600_000 / count)) {
    await inlet.accept('bench', { events: batch, counts, newest: undefined, checkpoints: new Map() }, signal);
  }
  const seconds = (performance.now() - startMs) / 1000;
  collectGarbage();
  const heapMb = (process.memoryUsage().heapUsed - before) / 1e6;
  const told = running.due(systemClock.now() + 86_400_000);
  journal.close();
  rmSync(folder, { recursive: true, force: true });
  return { rate: count / seconds, heapMb, told };
}

const count = Number(values.events);
const none = await measure([single[0] ?? ''], count, 10_000);
const twenty = await measure(single, count, 10_000);
const thirty = await measure([...single, ...remembering], count, 10_000);
const spray = await measure(
  [`{name: spray, policies: [{action: login_failed}], group: {wait: 30s, interval: 5m}, destinations: [out]}`],
  100_000,
  50_000,
);
const counted = spray.told.reduce((sum, { facts }) => sum + Number(facts.context['count']), 0);

const text = [
  table(
    ['rules', 'events/s through the way in', 'heap for what they remember, MB'],
    [
      ['1 for single events', number(none.rate), number(none.heapMb, 1)],
      ['20 for single events', number(twenty.rate), number(twenty.heapMb, 1)],
      ['20 for single events, 10 that remember 10,000 keys', number(thirty.rate), number(thirty.heapMb, 1)],
    ],
  ),
  '',
  `A spray of 100,000 failed logins from 50,000 addresses, grouped: ${spray.told.length} message left at the end, which counts ${number(counted)} events; ${number(spray.heapMb, 1)} MB.`,
].join('\n');
process.stdout.write(`${text}\n`);
if (values.write)
  writePage(
    'benchmarks.md',
    'rules',
    `\`npm run bench:rules\`: redaction, rules and the durable journal in one process.\n\n${text}`,
  );
