import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { pino } from 'pino';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import { OperationalError } from '../../src/core/errors.ts';
import type { DeliveryPolicy, Destination } from '../../src/destinations/destination.ts';
import { EncodedEvent } from '../../src/journal/encoded.ts';
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
  const entries = serials.map((serial) => ({ event: new EncodedEvent(leased(serial).event), deliveries }));
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

/** A destination that answers when the test says so: the batches that it has, by their first event. */
function held() {
  const inFlight = new Map<
    number,
    { readonly serials: readonly number[]; readonly land: (result: SendResult) => void }
  >();
  const departures: string[] = [];
  let most = 0;
  const destination: Destination = {
    send: (batch, signal) =>
      new Promise((resolve) => {
        const serials = batch.map(({ event }) => Number.parseInt(event.id, 16));
        const land = (result: SendResult): void => {
          inFlight.delete(serials[0] ?? 0);
          resolve(result);
        };
        inFlight.set(serials[0] ?? 0, { serials, land });
        departures.push(serials.join(' '));
        most = Math.max(most, inFlight.size);
        signal.addEventListener('abort', () => land({ status: 'retry', reason: 'timeout' }), { once: true });
      }),
    close: () => Promise.resolve(),
  };
  /** Ends the attempt that begins with this event. */
  const land = async (serial: number, result: SendResult = { status: 'delivered' }): Promise<void> => {
    const flight = inFlight.get(serial);
    assert.ok(flight !== undefined, `${serial} is not in flight`);
    flight.land(result);
    await settled();
  };
  return { destination, departures, land, flying: () => [...inFlight.keys()], most: () => most };
}

const serials = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);
const unavailable: SendResult = { status: 'retry', reason: 'unavailable' };

test('without a policy that says otherwise one batch is in flight, and a failure keeps the order', async () => {
  const { destination, departures, land, most } = held();
  append(undefined, ...serials(4));
  start(destination, { items: 2 });
  await settled();
  assert.deepEqual(departures, ['1 2']);
  await land(1, unavailable);
  await clock.advance(1000);
  await land(1);
  await land(3);
  assert.deepEqual(departures, ['1 2', '1 2', '3 4']);
  assert.equal(most(), 1);
});

test('as many batches as the policy says are in flight, never one more, and none twice', async () => {
  const { destination, departures, land, flying, most } = held();
  append(undefined, ...serials(8));
  const { outlet } = start(destination, { items: 2, concurrency: 3 });
  await settled();
  assert.deepEqual(flying(), [1, 3, 5]);
  append(outlet, 9, 10);
  await settled();
  assert.deepEqual(flying(), [1, 3, 5]);
  // Answers come in any order.
  await land(3);
  assert.deepEqual(flying(), [1, 5, 7]);
  assert.deepEqual(books(), { delivered: 2, pending: 8, dead: 0 });
  await land(7);
  await land(1);
  await land(9);
  await land(5);
  assert.deepEqual(departures, ['1 2', '3 4', '5 6', '7 8', '9 10']);
  assert.equal(most(), 3);
  assert.deepEqual(books(), { delivered: 10, pending: 0, dead: 0 });
});

test('after a failure nothing leaves until all has landed and the wait is over; then the head goes alone', async () => {
  const { destination, departures, land, flying } = held();
  append(undefined, ...serials(10));
  const { outlet } = start(destination, { items: 2, concurrency: 3 });
  await settled();
  await land(3, { status: 'retry', reason: 'throttled', afterMs: 30_000 });
  await land(5);
  // What left before the failure came through, which says nothing about now.
  assert.equal(outlet.health().state, 'failing');
  assert.deepEqual(flying(), [1]);
  await clock.advance(29_000);
  // Its own wait is shorter than the one that the service asked for.
  await land(1, unavailable);
  assert.deepEqual(flying(), []);
  // What the service asks for is kept with a tenth more.
  await clock.advance(3999);
  assert.deepEqual(flying(), []);
  await clock.advance(1);
  assert.deepEqual(flying(), [1]);
  await clock.advance(60_000);
  assert.deepEqual(flying(), [1], 'the head alone');
  await land(1);
  assert.equal(outlet.health().state, 'ok');
  assert.deepEqual(flying(), [3, 7, 9]);
  assert.deepEqual(departures, ['1 2', '3 4', '5 6', '1 2', '3 4', '7 8', '9 10']);
});

test('a dead destination is asked by one batch at a time, however many were in flight', async () => {
  const { destination, departures, land, flying } = held();
  append(undefined, ...serials(6));
  start(destination, { items: 2, concurrency: 3 });
  await settled();
  for (const serial of [5, 1, 3]) await land(serial, unavailable);
  for (const waitMs of [1000, 2000, 4000]) {
    await clock.advance(waitMs);
    assert.deepEqual(flying(), [1]);
    await land(1, unavailable);
  }
  assert.equal(departures.length, 6);
});

test('a dead destination is asked with a small batch, and gets all that waits once it answers', async () => {
  const { destination, sent } = scripted(
    { status: 'retry', reason: 'refused' },
    { status: 'retry', reason: 'refused' },
    { status: 'delivered' },
  );
  append(undefined, ...Array.from({ length: 500 }, (_, at) => at));
  start(destination, { items: 500 });
  await settled();
  await clock.advance(1000);
  await clock.advance(2000);
  assert.deepEqual(
    sent.map(({ length }) => length),
    [500, 100, 100, 400],
  );
  assert.deepEqual(sent.slice(2).flat(), sent[0]);
});

test('one bad event is found and given up while others are in flight', async () => {
  const isBad = ({ event }: Delivery): boolean => event.id.endsWith('2a');
  const { destination } = scripted((batch) =>
    batch.some(isBad) ? { status: 'rejected', reason: 'invalid' } : { status: 'delivered' },
  );
  append(undefined, ...serials(200));
  const { done, drain } = start(destination, { items: 20, concurrency: 4 });
  drain.abort();
  await done;
  assert.deepEqual(books(), { delivered: 199, pending: 0, dead: 1 });
});

test('what a request had no room for leaves with the next batch', async () => {
  const { destination, departures, land } = held();
  append(undefined, ...serials(8));
  start(destination, { items: 3, concurrency: 2 });
  await settled();
  const unsent = { status: 'unsent' } as const;
  await land(1, { status: 'partial', items: [{ status: 'delivered' }, unsent, unsent] });
  assert.deepEqual(departures, ['1 2 3', '4 5 6', '2 3 7']);
  await land(4);
  assert.deepEqual(departures.at(-1), '8');
});

test('draining ends when all has landed, with what became of it', async () => {
  const { destination, land, flying } = held();
  append(undefined, ...serials(5));
  const { drain, done } = start(destination, { items: 2, concurrency: 2, waitMs: 60_000 });
  let ended = false;
  void done.then(() => (ended = true));
  await settled();
  drain.abort();
  await land(1);
  assert.deepEqual(flying(), [3, 5]);
  await land(5);
  await land(3, unavailable);
  assert.equal(ended, true);
  assert.deepEqual(books(), { delivered: 3, pending: 2, dead: 0 });
});

test('one that is retired sends nothing new and ends when all has landed', async () => {
  const { destination, land, flying } = held();
  append(undefined, ...serials(6));
  const { outlet, done } = start(destination, { items: 2, concurrency: 2 });
  let ended = false;
  void done.then(() => (ended = true));
  await settled();
  outlet.retire();
  await land(1);
  assert.deepEqual(flying(), [3]);
  assert.equal(ended, false);
  await land(3);
  assert.equal(ended, true);
  assert.deepEqual(books(), { delivered: 4, pending: 2, dead: 0 });
});

test('a stop cuts off all that is in flight, which stays due', async () => {
  const { destination, flying } = held();
  append(undefined, ...serials(6));
  const { stop, done } = start(destination, { items: 2, concurrency: 3 });
  await settled();
  assert.equal(flying().length, 3);
  stop.abort();
  await done;
  assert.deepEqual(books(), { delivered: 0, pending: 6, dead: 0 });
  assert.equal(journal.lease('out', { items: 10, bytes: 1e9 }, clock.now())[0]?.attempts, 0);
});

test('a journal that fails ends the run, after all has landed', async () => {
  const { destination, land, flying } = held();
  append(undefined, ...serials(6));
  const sound = journal;
  let broken = false;
  journal = {
    ...sound,
    settle: (...of) => {
      if (broken) throw new OperationalError('io', 'the disk failed');
      return sound.settle(...of);
    },
  };
  const { done } = start(destination, { items: 2, concurrency: 2 });
  const ended = done.then(
    () => 'ended',
    (error: unknown) => String(error),
  );
  ends = [];
  await settled();
  broken = true;
  await land(1);
  broken = false;
  assert.deepEqual(flying(), [3], 'nothing leaves any more');
  await land(3);
  assert.match(await ended, /the disk failed/);
  assert.deepEqual(books(), { delivered: 2, pending: 4, dead: 0 });
});
