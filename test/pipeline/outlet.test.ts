import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { pino } from 'pino';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { DeliveryPolicy, Destination } from '../../src/destinations/destination.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open.ts';
import { createOutlet, type Outlet } from '../../src/pipeline/outlet.ts';
import type { RetryPolicy } from '../../src/pipeline/retry.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { FakeClock, settled } from '../support/clock.ts';
import { leased } from '../support/leased.ts';

let folder = '';
let clock: FakeClock;
let journal: Journal;
let log: string[] = [];
let ends: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'herald-outlet-'));
  clock = new FakeClock();
  log = [];
  const options = { path: folder, retentionMs: 86_400_000, maxBytes: 64 * 1024 * 1024, whenFull: 'block' } as const;
  journal = openJournal(options, { restore: fromStored, nowMs: clock.now(), log: pino({ level: 'silent' }) });
});

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
  journal.close();
  rmSync(folder, { recursive: true });
});

/** A destination that answers by its script, the last answer for all further attempts, and keeps what it was sent. */
function scripted(...answers: readonly (SendResult | ((batch: readonly Delivery[]) => SendResult))[]) {
  const sent: number[][] = [];
  const destination: Destination = {
    send: (batch) => {
      sent.push(batch.map(({ event }) => Number.parseInt(event.id, 16)));
      const answer = answers[Math.min(sent.length, answers.length) - 1] ?? { status: 'delivered' };
      return Promise.resolve(typeof answer === 'function' ? answer(batch) : answer);
    },
    close: () => Promise.resolve(),
  };
  return { destination, sent };
}

const plain: DeliveryPolicy = { items: 100, bytes: 1_000_000, waitMs: 0, maxAgeMs: undefined, digest: 1 };
const retry: RetryPolicy = { baseMs: 1000, maxMs: 60_000, maxAgeMs: undefined };

function start(destination: Destination, policy: Partial<DeliveryPolicy> = {}, more: Partial<RetryPolicy> = {}) {
  const metrics = createMetrics({ queues: () => new Map(), journalBytes: () => 0, nowMs: () => clock.now() });
  const outlet = createOutlet({
    name: 'out',
    destination,
    policy: { ...plain, ...policy },
    retry: { ...retry, ...more },
    journal,
    metrics,
    clock,
    random: () => 1,
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
  });
  const drain = new AbortController();
  const stop = new AbortController();
  const done = outlet.run(drain.signal, stop.signal);
  ends.push(async () => {
    stop.abort();
    await done;
  });
  return { outlet, metrics, drain, stop, done };
}

function append(outlet: Outlet | undefined, ...serials: readonly number[]): void {
  const deliveries = [{ rule: 'all', severity: 'warning', destination: 'out' }] as const;
  const entries = serials.map((serial) => ({ event: leased(serial).event, deliveries }));
  journal.append({ source: 'test', entries, counts: { event: serials.length }, checkpoints: new Map() }, clock.now());
  outlet?.wake();
}

/** Deliveries made = delivered + pending + dead + shed: the books balance whatever happened. */
function books(): { delivered: number; pending: number; dead: number } {
  const { made, delivered, pending, dead, shed } = journal.queue('out');
  assert.equal(made, delivered + pending + dead + shed);
  return { delivered, pending, dead };
}

test('delivers what is there and what comes, in order', async () => {
  const { destination, sent } = scripted();
  append(undefined, 1, 2);
  const { outlet } = start(destination);
  await settled();
  append(outlet, 3);
  await settled();
  assert.deepEqual(sent, [[1, 2], [3]]);
  assert.deepEqual(books(), { delivered: 3, pending: 0, dead: 0 });
});

test('retries after the wait, keeps the order, and says it once', async () => {
  const { destination, sent } = scripted(
    { status: 'retry', reason: 'unavailable', detail: 'HTTP 503' },
    { status: 'retry', reason: 'unavailable' },
    { status: 'delivered' },
  );
  const { outlet } = start(destination, { items: 2 });
  append(outlet, 1, 2, 3);
  await settled();
  assert.deepEqual(sent, [[1, 2]]);
  assert.equal(outlet.health().state, 'failing');
  await clock.advance(999);
  assert.equal(sent.length, 1);
  await clock.advance(1);
  assert.equal(sent.length, 2);
  await clock.advance(2000);
  assert.deepEqual(sent, [[1, 2], [1, 2], [1, 2], [3]]);
  assert.equal(outlet.health().state, 'ok');
  assert.equal(log.filter((line) => line.includes('delivery fails')).length, 1);
  assert.equal(log.filter((line) => line.includes('delivering again')).length, 1);
});

test('Retry-After is kept, new deliveries do not break in', async () => {
  const { destination, sent } = scripted(
    { status: 'retry', reason: 'throttled', afterMs: 30_000 },
    { status: 'delivered' },
  );
  const { outlet } = start(destination);
  append(outlet, 1);
  await settled();
  append(outlet, 2);
  await clock.advance(29_999);
  assert.equal(sent.length, 1);
  await clock.advance(3_002);
  assert.deepEqual(sent, [[1], [1, 2]]);
});

test('one bad event among many is found and given up; the others get through', async () => {
  const { destination } = scripted((batch) =>
    batch.some(({ event }) => event.id.endsWith('2a'))
      ? { status: 'rejected', reason: 'invalid', detail: 'bad' }
      : { status: 'delivered' },
  );
  const { outlet } = start(destination);
  append(outlet, ...Array.from({ length: 100 }, (_, at) => at + 1));
  await clock.advance(1000);
  assert.deepEqual(books(), { delivered: 99, pending: 0, dead: 1 });
});

test('what is given up again and again is told at once, then by the minute, and all of it is counted', async () => {
  const { destination } = scripted({ status: 'rejected', reason: 'not_found', detail: 'HTTP 404: no_service' });
  const { outlet, drain, done } = start(destination, { items: 1 });
  const told = (): readonly { count: number; detail: string }[] =>
    log.filter((line) => line.includes('"given up"')).map((line) => JSON.parse(line));
  for (let serial = 1; serial <= 100; serial += 1) {
    append(outlet, serial);
    await clock.advance(1000);
  }
  assert.deepEqual(
    told().map(({ count }) => count),
    [1, 60],
  );
  drain.abort();
  await done;
  assert.equal(
    told().reduce((sum, { count }) => sum + count, 0),
    100,
  );
  assert.ok(told().every(({ detail }) => detail === 'HTTP 404: no_service'));
});

test('after a 429 what waits goes out as one digest, then one by one again', async () => {
  const { destination, sent } = scripted(
    { status: 'retry', reason: 'throttled', afterMs: 1000 },
    { status: 'delivered' },
  );
  const { outlet } = start(destination, { items: 1, digest: 50 });
  append(outlet, 1, 2, 3, 4);
  await clock.advance(5000);
  append(outlet, 5, 6);
  await clock.advance(10);
  assert.deepEqual(sent, [[1], [1, 2, 3, 4], [5], [6]]);
});

test('a delivery that is too old is given up as expired, the others go on', async () => {
  const { destination } = scripted({ status: 'retry', reason: 'unavailable' });
  const { outlet } = start(destination, {}, { maxAgeMs: 120_000 });
  append(outlet, 1);
  await clock.advance(100_000);
  append(outlet, 2);
  await clock.advance(100_000);
  assert.deepEqual(books(), { delivered: 0, pending: 1, dead: 1 });
  assert.ok(
    log.some((line) => line.includes('"reason":"expired"')),
    log.join(''),
  );
});

test('a batch that is not full waits for more', async () => {
  const { destination, sent } = scripted();
  const { outlet } = start(destination, { items: 3, waitMs: 1000 });
  append(outlet, 1);
  await clock.advance(500);
  append(outlet, 2);
  await clock.advance(499);
  assert.deepEqual(sent, []);
  await clock.advance(1);
  assert.deepEqual(sent, [[1, 2]]);
  append(outlet, 3, 4, 5);
  await settled();
  assert.deepEqual(sent, [
    [1, 2],
    [3, 4, 5],
  ]);
});

test('draining delivers what is due, also half a batch, and leaves the rest on disk', async () => {
  const { destination, sent } = scripted({ status: 'delivered' }, { status: 'retry', reason: 'unavailable' });
  const { outlet, drain, done } = start(destination, { items: 2, waitMs: 60_000 });
  append(outlet, 1, 2, 3);
  await settled();
  drain.abort();
  await settled();
  await done;
  assert.deepEqual(sent, [[1, 2], [3]]);
  assert.deepEqual(books(), { delivered: 2, pending: 1, dead: 0 });
});

test('what was given up has its reason in the metrics', async () => {
  const { destination } = scripted({ status: 'rejected', reason: 'not_found', detail: 'HTTP 404' });
  const { outlet, metrics } = start(destination);
  append(outlet, 1, 2);
  await settled();
  assert.match(
    await metrics.render(),
    /herald_deliveries_total\{destination="out",outcome="dead",reason="not_found"\} 2/,
  );
  assert.deepEqual(books(), { delivered: 0, pending: 0, dead: 2 });
});

test('what the destination says about a success is in the log', async () => {
  const { destination } = scripted({ status: 'delivered', detail: '1 of 2 recipients refused' });
  const { outlet } = start(destination);
  append(outlet, 1);
  await settled();
  assert.ok(log.some((line) => line.includes('1 of 2 recipients refused')));
});
