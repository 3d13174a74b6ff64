import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import { OperationalError } from '../../src/core/errors.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { settled } from '../support/clock.ts';
import { outlets, scripted } from './outlets.ts';

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

test('without a policy that says otherwise one batch is in flight, and a failure keeps the order', async (context) => {
  const { clock, start, append } = outlets(context);
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

test('as many batches as the policy says are in flight, never one more, and none twice', async (context) => {
  const { start, append, books } = outlets(context);
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

test('after a failure nothing leaves until all has landed and the wait is over; then the head goes alone', async (context) => {
  const { clock, start, append } = outlets(context);
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

test('a dead destination is asked by one batch at a time, however many were in flight', async (context) => {
  const { clock, start, append } = outlets(context);
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

test('a dead destination is asked with a small batch, and gets all that waits once it answers', async (context) => {
  const { clock, start, append } = outlets(context);
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

test('one bad event is found and given up while others are in flight', async (context) => {
  const { start, append, books } = outlets(context);
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

test('what a request had no room for leaves with the next batch', async (context) => {
  const { start, append } = outlets(context);
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

test('draining ends when all has landed, with what became of it', async (context) => {
  const { start, append, books } = outlets(context);
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

test('one that is retired sends nothing new and ends when all has landed', async (context) => {
  const { start, append, books } = outlets(context);
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

test('a stop cuts off all that is in flight, which stays due', async (context) => {
  const { clock, journal, start, append, books } = outlets(context);
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

test('a journal that fails ends the run, after all has landed', async (context) => {
  const { journal, start, append, books } = outlets(context);
  const { destination, land, flying } = held();
  append(undefined, ...serials(6));
  let broken = false;
  const failing: Journal = {
    ...journal,
    settle: (...of) => {
      if (broken) throw new OperationalError('io', 'the disk failed');
      return journal.settle(...of);
    },
  };
  const { done } = start(destination, { items: 2, concurrency: 2 }, { journal: failing });
  const ended = done.then(
    () => 'ended',
    (error: unknown) => String(error),
  );
  await settled();
  broken = true;
  await land(1);
  broken = false;
  assert.deepEqual(flying(), [3], 'nothing leaves any more');
  await land(3);
  assert.match(await ended, /the disk failed/);
  assert.deepEqual(books(), { delivered: 2, pending: 4, dead: 0 });
});
