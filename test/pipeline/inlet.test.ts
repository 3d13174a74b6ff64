import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { pino } from 'pino';
import { createDecoder } from '../../src/decode/create.ts';
import type { Journal, JournalOptions } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open.ts';
import { createInlet, type Inlet } from '../../src/pipeline/inlet.ts';
import { createRedactor, fromStored } from '../../src/redact/redactor.ts';
import { keysMax } from '../../src/rules/over-time/memory.ts';
import { compileRules } from '../../src/rules/compile.ts';
import { createMetrics, type MetricsPage } from '../../src/server/metrics.ts';
import type { SourceBatch } from '../../src/sources/source.ts';
import { rule } from '../rules/config.ts';
import { FakeClock, settled } from '../support/clock.ts';
import { eventLine } from '../support/lines.ts';

let folder = '';
let clock: FakeClock;
let journal: Journal;
let metrics: MetricsPage;
let log: string[] = [];
let woken: string[] = [];
const never = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'herald-inlet-'));
  clock = new FakeClock();
  log = [];
  woken = [];
});

afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

/** An inlet over a journal that holds about a hundred of the events below; `pagesMax` is how much its disk holds. */
function start(
  whenFull: JournalOptions['whenFull'],
  configs = [rule('all', [{ action: '*' }])],
  pagesMax?: number,
): Inlet {
  journal = openJournal(
    { path: folder, retentionMs: 86_400_000, maxBytes: 1_500_000, whenFull },
    {
      restore: fromStored,
      nowMs: clock.now(),
      log: pino({ level: 'silent' }),
      ...(pagesMax !== undefined && { pagesMax }),
    },
  );
  metrics = createMetrics({
    queues: () => new Map([['chat', journal.queue('chat')]]),
    journalBytes: () => journal.bytes(),
    nowMs: () => clock.now(),
  });
  const { rules } = compileRules(configs, []);
  const redactor = createRedactor({ keys: [], patterns: [], emailBodies: 'drop' });
  return createInlet({
    journal,
    stages: () => ({ redactor, rules, ids: { line: (id) => id, alert: (id) => id } }),
    metrics,
    clock,
    log: pino({}, { write: (line: string) => void log.push(line) }),
    wake: (name) => void woken.push(name),
  });
}

/** A batch of twenty events of 10 kB each. */
function batch(from: number): SourceBatch {
  const decoder = createDecoder({ origin: {}, maxLineBytes: 1e6, lookalikes: false });
  const lines = Array.from({ length: 20 }, (_, at) =>
    eventLine(from + at).replace('"context":{', `"context":{"filler":"${'words '.repeat(1700)}",`),
  );
  const { events } = decoder.push(Buffer.from(`${lines.join('\n')}\n`));
  return { events, counts: { event: 20 }, newest: clock.now(), checkpoints: new Map([['app.log', from + 20]]) };
}

/** Gives the inlet batches until it keeps one waiting; returns how many were taken, and the one that waits. */
async function fill(inlet: Inlet, stop: AbortSignal): Promise<{ taken: number; waiting: Promise<void> }> {
  for (let taken = 0; taken < 100; taken += 1) {
    let isDone = false;
    const waiting = inlet.accept('server', batch(taken * 20), stop).then(() => {
      isDone = true;
    });
    await settled();
    if (!isDone) return { taken, waiting };
  }
  throw new Error('the journal is never full');
}

function deliver(count: number): void {
  const leased = journal.lease('chat', { items: count, bytes: Infinity }, clock.now());
  journal.settle(
    'chat',
    leased.map(({ seq }) => ({ seq, state: 'delivered' })),
    clock.now(),
  );
}

const said = (text: string): number => log.filter((line) => line.includes(text)).length;

async function shown(name: string): Promise<number> {
  const line = (await metrics.render()).split('\n').find((one) => one.startsWith(name));
  return Number(line?.slice(line.lastIndexOf(' ')));
}

test('a full journal keeps the source waiting, says so once, counts the time, and goes on when there is room', async () => {
  const inlet = start('block');
  const { taken, waiting } = await fill(inlet, never);
  assert.equal(inlet.fullSinceMs(), clock.now());
  const fullMs = clock.now();
  await clock.advance(90_000);
  assert.equal(inlet.fullSinceMs(), fullMs);
  assert.equal(journal.checkpoints('server').get('app.log'), taken * 20);
  assert.equal(said('the journal is full'), 1);
  assert.equal(await shown('herald_journal_full_seconds_total'), 90);
  // The newest line that was read is as old as the waiting made it.
  assert.equal(await shown('herald_source_lag_seconds'), 90);
  woken = [];
  deliver(40);
  await clock.advance(500);
  await waiting;
  assert.deepEqual(woken, ['chat']);
  assert.equal(journal.checkpoints('server').get('app.log'), (taken + 1) * 20);
  assert.equal(journal.queue('chat').shed, 0);
  // It is not over as long as some batches find room and others do not.
  const next = inlet.accept('server', batch(5000), never);
  const last = inlet.accept('server', batch(6000), never);
  await clock.advance(1000);
  deliver(60);
  await clock.advance(1000);
  await Promise.all([next, last]);
  await inlet.tick();
  assert.equal(inlet.fullSinceMs(), fullMs);
  await clock.advance(2000);
  await inlet.tick();
  assert.equal(inlet.fullSinceMs(), undefined);
  assert.equal(said('the journal is full'), 1);
  assert.equal(said('room again'), 1);
});

test('the age of what could not be written grows while the disk is full', async () => {
  const inlet = start('block', undefined, 30);
  const newest = clock.now();
  await clock.advance(60_000);
  for (const seconds of [60, 90]) {
    // As the next source reads it again.
    await assert.rejects(() => inlet.accept('server', { ...batch(0), newest }, never), { code: 'disk_full' });
    assert.equal(await shown('herald_source_lag_seconds'), seconds);
    await clock.advance(30_000);
  }
});

test('a batch that waits for room when its source is stopped is not written, and read again by the next one', async () => {
  const inlet = start('block');
  const stop = new AbortController();
  const { taken, waiting } = await fill(inlet, stop.signal);
  const { made } = journal.queue('chat');
  stop.abort();
  await waiting;
  assert.equal(journal.queue('chat').made, made);
  assert.equal(journal.checkpoints('server').get('app.log'), taken * 20);
  assert.equal(await shown('herald_lines_total{source="server",family="event"}'), taken * 20);
  // What comes after it has its turn.
  deliver(100);
  await inlet.accept('server', batch(taken * 20), never);
  assert.equal(journal.checkpoints('server').get('app.log'), (taken + 1) * 20);
});

test('drop_oldest never waits; what is shed is in the books, in the metrics and in no queue', async () => {
  const inlet = start('drop_oldest');
  for (let at = 0; at < 15; at += 1) await inlet.accept('server', batch(at * 20), never);
  const { made, delivered, pending, dead, shed } = journal.queue('chat');
  assert.equal(made, 300);
  assert.ok(shed > 100, `${shed}`);
  assert.equal(made, delivered + pending + dead + shed);
  assert.equal(journal.lease('chat', { items: 1000, bytes: Infinity }, clock.now()).length, pending);
  assert.equal(await shown('herald_deliveries_total{destination="chat",outcome="shed",reason="shed"}'), shed);
  assert.equal(await shown('herald_journal_deliveries{destination="chat",state="shed"}'), shed);
  assert.equal(await shown('herald_deliveries_made_total{destination="chat"}'), made);
  assert.equal(inlet.fullSinceMs(), undefined);
});

test('what makes room for an alert that time has made due is in the metrics, too', async () => {
  const inlet = start('drop_oldest', [
    rule('all', [{ action: '*' }]),
    ...Array.from({ length: 40 }, (_, at) =>
      rule(`digest ${at}`, [{ action: '*' }], { group: { by: [], wait: 60_000, interval: 60_000 } }),
    ),
  ]);
  for (let at = 0; at < 15; at += 1) await inlet.accept('server', batch(at * 20), never);
  let shedByTicks = 0;
  for (let at = 300; at < 400 && shedByTicks === 0; at += 1) {
    await inlet.accept('server', batch(at * 20), never);
    const before = journal.queue('chat').shed;
    await clock.advance(120_000);
    await inlet.tick();
    shedByTicks = journal.queue('chat').shed - before;
  }
  assert.ok(shedByTicks > 0);
  const { shed } = journal.queue('chat');
  assert.equal(await shown('herald_deliveries_total{destination="chat",outcome="shed",reason="shed"}'), shed);
});

test('events are taken out of their batch, so that none is kept until all are written', async () => {
  const inlet = start('block', [rule('each', [{ action: '*' }])]);
  const accepted = batch(0);
  await inlet.accept('server', accepted, never);
  assert.deepEqual(accepted.events, []);
  assert.equal(journal.queue('chat').pending, 20);
});

test('keys that a rule forgot for room are counted', async () => {
  const window = { count: 2, within: 60_000, by: ['event.id'] };
  const inlet = start('block', [rule('each', [{ action: '*' }], { window })]);
  const lines = Array.from({ length: keysMax + 1 }, (_, at) => eventLine(at)).join('\n');
  const decoder = createDecoder({ origin: {}, maxLineBytes: 1e6, lookalikes: false });
  const { events } = decoder.push(Buffer.from(`${lines}\n`));
  await inlet.accept('server', { events, counts: {}, newest: undefined, checkpoints: new Map() }, never);
  assert.ok((await shown('herald_rule_keys_evicted_total{rule="each"}')) >= 1);
});
