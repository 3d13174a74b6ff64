import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import { get, isObject } from '../../src/core/json.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { splunkHec } from '../../src/destinations/splunk/splunk-hec.ts';
import { eventOf, leased } from '../support/leased.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import { answer, hang, played, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { createSplunk, type Splunk, type SplunkOptions } from '../support/receivers/splunk.ts';

const token = '7f3b1c2e-5d94-4a86-9b0f-1e2d3c4b5a69';
const { signal } = new AbortController();
let receiver: HttpReceiver;
let splunk: Splunk;
let destination: Destination | undefined;

beforeEach(async () => {
  receiver = await startHttpReceiver();
  use({});
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await receiver.close();
});

function use(options: Partial<SplunkOptions>): void {
  splunk = createSplunk({ token, indexes: ['authentik'], ...options });
  receiver.script(played(splunk.standIn));
}

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  destination ??= createDestination(splunkHec, { url: receiver.url, token, index: 'authentik', ...options });
  return destination.send(batch, signal);
}

/** A delivery whose event the receiver cannot read. */
function broken(seq: number): Delivery {
  return { ...leased(seq), bytes: Buffer.from('{"id": oops}') };
}

describe('an event', () => {
  test('has its own time, and says where it comes from', async () => {
    assert.deepEqual(await send({}, leased(1)), { status: 'delivered' });
    const [sent] = splunk.events;
    const { event, ...meta } = sent ?? {};
    assert.deepEqual(meta, {
      time: Date.parse('2026-01-15T09:00:00.001Z') / 1000,
      host: 'herald-0',
      source: 'authentik',
      sourcetype: 'authentik:event',
      index: 'authentik',
    });
    assert.ok(isObject(event));
    assert.equal(event['key'], leased(1).key);
    assert.equal(event['action'], 'login_failed');
    assert.equal(event['rule'], 'failed logins');
  });

  test('can be written in a schema, under a source type of its own', async () => {
    await send({ format: 'ecs', host: 'auth' }, leased(1));
    const [sent] = splunk.events;
    assert.equal(sent?.['sourcetype'], 'authentik:ecs');
    assert.equal(sent['host'], 'auth');
    assert.ok(isObject(get(sent, 'event')));
  });

  test('keeps its place in a batch', async () => {
    await send({}, leased(1), leased(2), leased(3));
    assert.deepEqual(
      splunk.events.map(({ event }) => isObject(event) && event['key']),
      [1, 2, 3].map((seq) => leased(seq).key),
    );
    assert.equal(receiver.requests.length, 1);
    assert.equal(receiver.requests[0]?.headers['content-encoding'], 'gzip');
  });
});

describe('one that Splunk cannot read', () => {
  test('is refused alone: those before it are taken, those behind it are not sent yet', async () => {
    const result = await send({}, leased(1), leased(2), broken(3), leased(4));
    const detail = 'HTTP 400: Invalid data format (code 6)';
    assert.deepEqual(result, {
      status: 'partial',
      items: [
        { status: 'delivered' },
        { status: 'delivered' },
        { status: 'rejected', reason: 'invalid', detail },
        { status: 'unsent' },
      ],
    });
    assert.equal(splunk.events.length, 2);
  });

  test('makes the loop search when Splunk does not say which', async () => {
    receiver.script(answer(400, '{"text":"Invalid data format","code":6}'));
    const result = await send({}, leased(1), leased(2));
    assert.equal(result.status, 'rejected');
  });

  test('is not taken from a number that cannot be', async () => {
    receiver.script(answer(400, '{"text":"Invalid data format","code":6,"invalid-event-number":2}'));
    const result = await send({}, leased(1), leased(2));
    assert.equal(result.status, 'rejected');
  });
});

test('a busy Splunk that says how many it took gets only the others again', async () => {
  receiver.script(answer(503, '{"text":"Server is busy","code":9,"invalid-event-number":1}', { 'retry-after': '3' }));
  const result = await send({}, leased(1), leased(2), leased(3));
  const busy = { status: 'retry', reason: 'unavailable', detail: 'HTTP 503: Server is busy (code 9)' };
  assert.deepEqual(result, { status: 'partial', items: [{ status: 'delivered' }, busy, busy] });
});

for (const [what, options, reason, words] of [
  ['wrong token', { token: 'wrong' }, 'unauthorized', /Invalid token \(code 4\)/],
  ['wrong index', { index: 'main' }, 'not_found', /Incorrect index \(code 7\)/],
] as const) {
  test(`a ${what} is held, and said in words`, async () => {
    const result = await send(options, leased(1));
    assert.ok(result.status === 'retry' && result.reason === reason, JSON.stringify(result));
    assert.equal(result.afterMs, 120_000);
    assert.match(result.detail ?? '', words);
  });
}

describe('acknowledgement', () => {
  test('is waited for, over one channel that stays the same', async () => {
    use({ ackAtPoll: 2 });
    assert.deepEqual(await send({ ack: true }, leased(1)), { status: 'delivered' });
    assert.deepEqual(await send({ ack: true }, leased(2)), { status: 'delivered' });
    assert.deepEqual(
      receiver.requests.map(({ path }) => path.replace(/\?.*/, '')),
      [1, 2].flatMap(() => ['/services/collector/event', '/services/collector/ack', '/services/collector/ack']),
    );
    assert.equal(new Set(receiver.requests.map(({ headers }) => headers['x-splunk-request-channel'])).size, 1);
  });

  test('that does not come in time means again', async () => {
    use({ ackAtPoll: 1000 });
    const result = await send({ ack: true, ack_wait: '600ms' }, leased(1));
    assert.deepEqual(result, { status: 'retry', reason: 'timeout', detail: 'not acknowledged within `ack_wait`' });
  });

  test('is asked for again when a question finds a busy Splunk', async () => {
    receiver.script(
      answer(200, '{"text":"Success","code":0,"ackId":7}'),
      answer(503, '{"text":"Server is busy","code":9}'),
      answer(200, '{"acks":{"7":true}}'),
    );
    assert.deepEqual(await send({ ack: true }, leased(1)), { status: 'delivered' });
  });

  test('ends at once when the attempt is aborted', async () => {
    receiver.script(answer(200, '{"text":"Success","code":0,"ackId":7}'), hang);
    const abort = new AbortController();
    destination = createDestination(splunkHec, { url: receiver.url, token, ack: true });
    const sending = destination.send([leased(1)], abort.signal);
    await receiver.received(2);
    abort.abort();
    assert.equal((await sending).status, 'retry');
  });

  test('of a token that has none is said', async () => {
    const result = await send({ ack: true }, leased(1));
    assert.ok(result.status === 'delivered' && /remove `ack`/.test(result.detail ?? ''));
  });

  test('of a token that demands it is said when it is not asked for', async () => {
    use({ ackAtPoll: 1 });
    const result = await send({}, leased(1));
    assert.ok(result.status === 'retry' && /Data channel is missing/.test(result.detail ?? ''));
  });
});

test('what does not fit into 1 MB is left for the next request', async () => {
  const batch = Array.from({ length: 4 }, (_, at) => large(at + 1, 300_000));
  const result = await send({ gzip: false }, ...batch);
  assert.ok(result.status === 'partial');
  assert.deepEqual(
    result.items.map(({ status }) => status),
    ['delivered', 'delivered', 'delivered', 'unsent'],
  );
  assert.equal(splunk.events.length, 3);
});

test('an event larger than a request is shortened and says so', async () => {
  assert.deepEqual(await send({}, leased(1), large(2, 1_500_000), leased(3)), { status: 'delivered' });
  const text = JSON.stringify(splunk.events[1]);
  assert.match(text, /x…\[shortened\]/);
  assert.ok(Buffer.byteLength(text) > 900_000);
});

test('an event of endless names and texts is shortened and arrives like the others', async () => {
  const context = { ['key '.repeat(300_000)]: 1, text: 'x'.repeat(2_000_000) };
  assert.deepEqual(await send({}, leased(1), eventOf(2, { context }), leased(3)), { status: 'delivered' });
  assert.equal(splunk.events.length, 3);
  assert.match(JSON.stringify(splunk.events[1]), /key key[^"]*…\[shortened\]0":1,"text":"x+…\[shortened\]"/);
});

test('an address may have the path of the collector', async () => {
  assert.deepEqual(await send({ url: `${receiver.url}/services/collector/event` }, leased(1)), { status: 'delivered' });
});

test('options that cannot be are refused', () => {
  const options = { url: 'https://u:p@splunk.example.com', token, headers: { Authorization: 'x', 'x-a': 'a\r\nb: c' } };
  assert.deepEqual(problemsOf(splunkHec, options), [
    'url: credentials belong into `token`',
    'headers.Authorization: set by herald itself',
    'headers.x-a: a header has printable ASCII on one line',
  ]);
});

function large(seq: number, chars: number): Delivery {
  return eventOf(seq, { context: { big: 'x'.repeat(chars) } });
}
