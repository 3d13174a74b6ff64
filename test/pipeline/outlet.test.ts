import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settled } from '../support/clock.ts';
import { outlets, scripted } from './outlets.ts';

test('delivers what is there and what comes, in order', async (context) => {
  const { start, append, books } = outlets(context);
  const { destination, sent } = scripted();
  append(undefined, 1, 2);
  const { outlet } = start(destination);
  await settled();
  append(outlet, 3);
  await settled();
  assert.deepEqual(sent, [[1, 2], [3]]);
  assert.deepEqual(books(), { delivered: 3, pending: 0, dead: 0 });
});

test('retries after the wait, keeps the order, and says it once', async (context) => {
  const { clock, log, start, append } = outlets(context);
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

test('Retry-After is kept, new deliveries do not break in', async (context) => {
  const { clock, start, append } = outlets(context);
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

test('one bad event among many is found and given up; the others get through', async (context) => {
  const { clock, start, append, books } = outlets(context);
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

test('what is given up again and again is told at once, then by the minute, and all of it is counted', async (context) => {
  const { clock, log, start, append } = outlets(context);
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

test('after a 429 what waits goes out as one digest, then one by one again', async (context) => {
  const { clock, start, append } = outlets(context);
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

test('a delivery that is too old is given up as expired, the others go on', async (context) => {
  const { clock, log, start, append, books } = outlets(context);
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

test('a batch that is not full waits for more', async (context) => {
  const { clock, start, append } = outlets(context);
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

test('draining delivers what is due, also half a batch, and leaves the rest on disk', async (context) => {
  const { start, append, books } = outlets(context);
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

test('what was given up has its reason in the metrics', async (context) => {
  const { start, append, books } = outlets(context);
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

test('what the destination says about a success is in the log', async (context) => {
  const { log, start, append } = outlets(context);
  const { destination } = scripted({ status: 'delivered', detail: '1 of 2 recipients refused' });
  const { outlet } = start(destination);
  append(outlet, 1);
  await settled();
  assert.ok(log.some((line) => line.includes('1 of 2 recipients refused')));
});
