import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { loki } from '../../src/destinations/loki/loki.ts';
import { eventOf, leased } from '../support/leased.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import { played, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { createLoki, type Loki, type LokiOptions } from '../support/receivers/loki.ts';

const { signal } = new AbortController();
let receiver: HttpReceiver;
let service: Loki;
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

function use(options: LokiOptions): void {
  service = createLoki(options);
  receiver.script(played(service.standIn));
}

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  destination ??= createDestination(loki, { url: receiver.url, ...options });
  return destination.send(batch, signal);
}

test('an entry has labels of few values, its own time in nanoseconds, the event and metadata to look for', async () => {
  assert.deepEqual(await send({ labels: { cluster: 'production' } }, leased(1)), { status: 'delivered' });
  const [entry] = service.entries;
  assert.ok(entry !== undefined);
  assert.deepEqual(entry.labels, {
    job: 'authentik',
    service_name: 'authentik',
    cluster: 'production',
    action: 'login_failed',
    severity: 'warning',
  });
  assert.equal(entry.ns, BigInt(leased(1).at) * 1_000_000n);
  const line: { readonly key: string; readonly action: string } = JSON.parse(entry.line);
  assert.equal(line.key, leased(1).key);
  assert.deepEqual(entry.metadata, {
    event_id: leased(1).event.id,
    delivery_key: leased(1).key,
    action: 'login_failed',
    user: 'ada.lovelace',
    user_id: '6',
    client_ip: '203.0.113.7',
  });
});

test('an action that somebody made up is no label', async () => {
  await send(
    {},
    eventOf(1, { action: 'custom_x1' }),
    eventOf(2, { action: 'strange' }),
    eventOf(3, { action: 'logout' }),
  );
  assert.deepEqual(
    service.entries.map(({ labels, metadata }) => [labels['action'], metadata['action']]),
    [
      ['custom', 'custom_x1'],
      ['other', 'strange'],
      ['logout', 'logout'],
    ],
  );
});

test('streams come in order of time, whatever the order of the batch', async () => {
  await send({}, leased(3), eventOf(2, { action: 'logout' }), leased(1));
  const body: { readonly streams: readonly { readonly values: readonly (readonly [string])[] }[] } =
    JSON.parse(bodyOf());
  assert.deepEqual(
    body.streams.map(({ values }) => values.map(([ns]) => Number(BigInt(ns) / 1_000_000n) - leased(0).at)),
    [[1, 3], [2]],
  );
});

test('what came twice is there once', async () => {
  await send({}, leased(1));
  await send({}, leased(1), leased(2));
  assert.equal(service.entries.length, 2);
});

describe('what is too old for Loki', () => {
  const nowMs = Date.now();

  test('is given up alone: the others are stored, and sent again they are the same', async () => {
    use({ sampleAgeMsMax: 3_600_000 });
    const batch = [leased(1), eventOf(2, { at: nowMs - 1000 }), leased(3), eventOf(4, { at: nowMs })];
    const result = await send({}, ...batch);
    assert.ok(result.status === 'partial');
    assert.deepEqual(
      result.items.map((item) => ('reason' in item ? item.reason : item.status)),
      ['expired', 'unsent', 'expired', 'unsent'],
    );
    assert.deepEqual(await send({}, ...batch.filter((_, at) => at % 2 === 1)), { status: 'delivered' });
    assert.equal(service.entries.length, 2);
  });

  test('because it is behind its stream, too', async () => {
    use({ behindMsMax: 3_600_000 });
    await send({}, eventOf(1, { at: nowMs }));
    const result = await send({}, eventOf(2, { at: nowMs - 7_200_000 }));
    assert.ok(result.status === 'partial' && result.items[0]?.status === 'rejected');
    assert.match(result.items[0].detail ?? '', /too far behind/);
  });
});

test('a time far ahead becomes the present, and stays in the line', async () => {
  const atMs = Date.now() + 86_400_000;
  assert.deepEqual(await send({}, eventOf(1, { at: atMs })), { status: 'delivered' });
  const [entry] = service.entries;
  assert.ok(entry !== undefined && entry.ns / 1_000_000n <= BigInt(Date.now()));
  assert.match(entry.line, new RegExp(`"at":${atMs}`));
});

test('a line is shortened to what Loki takes', async () => {
  const result = await send({}, eventOf(1, { context: { message: '"\n'.repeat(200_000) } }));
  assert.deepEqual(result, { status: 'delivered' });
  assert.match(service.entries[0]?.line ?? '', /…\[shortened\]/);
});

for (const format of ['ecs', 'ocsf', 'cef', 'leef']) {
  test(`a line can be ${format}`, async () => {
    assert.deepEqual(await send({ format }, leased(1)), { status: 'delivered' });
    assert.match(
      service.entries[0]?.line ?? '',
      { ecs: /^\{.*"@timestamp"/, ocsf: /^\{.*class_uid/, cef: /^CEF:0/, leef: /^LEEF:2/ }[format] ?? /$^/,
    );
  });
}

test('a Loki that takes no structured metadata is said, and gets none when it is switched off', async () => {
  use({ structuredMetadata: false });
  const result = await send({}, leased(1));
  assert.ok(result.status === 'retry' && result.reason === 'invalid' && result.afterMs === 120_000);
  await destination?.close();
  destination = undefined;
  assert.deepEqual(await send({ structured_metadata: false }, leased(1)), { status: 'delivered' });
});

test('tenant and credentials are sent', async () => {
  use({ tenant: 'security', authorization: 'Basic MTIzOnNlY3JldA==' });
  const options = { tenant: 'security', username: '123', password: 'secret' };
  assert.deepEqual(await send(options, leased(1)), { status: 'delivered' });
});

test('options that cannot be are refused', () => {
  const labels = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`l${at}`, 'x']));
  assert.deepEqual(
    problemsOf(loki, { url: 'https://loki.example.com', labels: { ...labels, 'a-b': 'x', __c: 'x', action: 'x' } }),
    [
      'labels.a-b: a label has letters, digits and `_`',
      'labels.__c: Loki keeps names that begin with `__` to itself',
      'labels.action: is in `event_labels` too',
      'labels: 17 labels, Loki takes 15',
    ],
  );
});

function bodyOf(): string {
  return gunzipSync(receiver.requests.at(-1)?.body ?? Buffer.alloc(0)).toString();
}
