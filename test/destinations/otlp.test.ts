import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { otlp } from '../../src/destinations/otlp/otlp.ts';
import { FakeClock } from '../support/clock.ts';
import { eventOf, leased } from '../support/leased.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import { answer, played, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { createOtlpReceiver, exportLogsRequest, type KeyValue, type OtlpReceiver } from '../support/receivers/otlp.ts';
import { decode } from '../support/receivers/protobuf.ts';

const { signal } = new AbortController();
let receiver: HttpReceiver;
let service: OtlpReceiver;
let destination: Destination | undefined;

beforeEach(async () => {
  receiver = await startHttpReceiver();
  service = createOtlpReceiver();
  receiver.script(played(service.standIn));
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await receiver.close();
});

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  destination ??= createDestination(otlp, { url: receiver.url, ...options }, { clock: new FakeClock() });
  return destination.send(batch, signal);
}

function plain(attributes: readonly KeyValue[]): object {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
}

for (const encoding of ['json', 'protobuf']) {
  describe(encoding, () => {
    test('has the record, by the semantic conventions', async () => {
      const delivery = eventOf(1, {
        context: { username: 'ada.lovelace', geo: { country: 'DE' }, http_request: { method: 'POST', path: '/if/' } },
        origin: { namespace: 'auth', pod: 'server-1', container: 'server' },
      });
      const resource = { 'deployment.environment.name': 'production' };
      assert.deepEqual(await send({ encoding, resource }, delivery), { status: 'delivered' });
      const [group] = service.requests[0]?.resourceLogs ?? [];
      assert.ok(group !== undefined);
      assert.deepEqual(plain(group.resource.attributes), {
        'service.name': 'authentik',
        'deployment.environment.name': 'production',
        'k8s.namespace.name': 'auth',
        'k8s.pod.name': 'server-1',
        'k8s.container.name': 'server',
      });
      const [record] = group.scopeLogs[0]?.logRecords ?? [];
      assert.ok(record !== undefined);
      const { body, attributes, ...rest } = record;
      assert.deepEqual(rest, {
        timeUnixNano: `${delivery.at}000000`,
        observedTimeUnixNano: `${Date.parse('2026-01-15T09:00:00Z')}000000`,
        severityNumber: 13,
        severityText: 'warning',
        eventName: 'authentik.login_failed',
      });
      assert.deepEqual(plain(attributes), {
        'log.record.uid': delivery.key,
        'authentik.event.id': delivery.event.id,
        'authentik.action': 'login_failed',
        'authentik.rule': 'failed logins',
        'user.id': '6',
        'user.name': 'ada.lovelace',
        'user.email': 'ada.lovelace@example.com',
        'client.address': '203.0.113.7',
        'geo.country.iso_code': 'DE',
        'http.request.method': 'POST',
        'url.path': '/if/',
      });
      assert.match(body.stringValue, /"key":"[0-9a-f]{32}\.00000000"/);
    });

    test("is what OpenTelemetry's own exporter writes", async () => {
      await send({ encoding }, leased(1), leased(2));
      const sent = gunzipSync(receiver.requests[0]?.body ?? Buffer.alloc(0));
      const [group] = service.requests[0]?.resourceLogs ?? [];
      const { name, version } = scopeOf(group?.scopeLogs[0]?.scope);
      const resource = { attributes: plain(group?.resource.attributes ?? []), asyncAttributesPending: false };
      const instrumentationScope = { name, version };
      const records = (group?.scopeLogs[0]?.logRecords ?? []).map((record) => ({
        hrTime: hrTime(record.timeUnixNano),
        hrTimeObserved: hrTime(record.observedTimeUnixNano),
        severityNumber: record.severityNumber,
        severityText: record.severityText,
        eventName: record.eventName,
        body: record.body.stringValue,
        attributes: plain(record.attributes),
        droppedAttributesCount: 0,
        resource,
        instrumentationScope,
      }));
      type Records = Parameters<typeof JsonLogsSerializer.serializeRequest>[0];
      const serializer = encoding === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer;
      const theirs = serializer.serializeRequest(records as unknown as Records);
      assert.ok(theirs !== undefined && records.length === 2);
      const read = (bytes: Uint8Array): unknown =>
        encoding === 'json' ? JSON.parse(Buffer.from(bytes).toString()) : decode(bytes, exportLogsRequest);
      assert.deepEqual(read(sent), withoutDefaults(read(theirs)));
    });

    test('writes each resource once', async () => {
      const [a, b] = [{ pod: 'server-1' }, { pod: 'server-2' }];
      await send({ encoding }, eventOf(1, { origin: a }), eventOf(2, { origin: b }), eventOf(3, { origin: a }));
      const groups = service.requests[0]?.resourceLogs ?? [];
      assert.deepEqual(
        groups.map(({ scopeLogs }) => scopeLogs[0]?.logRecords.length),
        [2, 1],
      );
    });

    test('takes a first event larger than those before', async () => {
      for (const chars of [10, 5000, 50_000, 200_000]) {
        const event = eventOf(1, { context: { big: 'ü'.repeat(chars) } });
        assert.deepEqual(await send({ encoding }, event), { status: 'delivered' });
        const record = service.requests.at(-1)?.resourceLogs[0]?.scopeLogs[0]?.logRecords[0];
        assert.ok(record?.body.stringValue.includes('ü'.repeat(chars)));
      }
    });

    test('shortens what is too large', async () => {
      const big = eventOf(1, { context: { message: '"ü\u{1f600}'.repeat(300_000) } });
      assert.deepEqual(await send({ encoding }, big), { status: 'delivered' });
      assert.match(JSON.stringify(service.requests), /…\[shortened\]/);
    });
  });
}

for (const [what, type, body] of [
  ['JSON', 'application/json', '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too many attributes"}}'],
  ['protobuf', 'application/x-protobuf', '\x0a\x17\x08\x02\x12\x13too many attributes'],
] as const) {
  test(`a partial success in ${what} is delivered, and said`, async () => {
    receiver.script(answer(200, body, { 'content-type': type }));
    assert.deepEqual(await send({}, leased(1), leased(2), leased(3)), {
      status: 'delivered',
      detail: '2 of 3 records refused: too many attributes',
    });
  });
}

test('an error in protobuf is read', async () => {
  receiver.script(answer(400, '\x08\x03\x12\x09no tenant', { 'content-type': 'application/x-protobuf' }));
  assert.deepEqual(await send({}, leased(1)), {
    status: 'rejected',
    reason: 'invalid',
    detail: 'HTTP 400: no tenant',
  });
});

test('a damaged answer in protobuf hurts nobody', async () => {
  for (const body of ['\x0a\xff', '\x0a\x05\x08', '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff', '\x0d']) {
    receiver.script(answer(200, body, { 'content-type': 'application/x-protobuf' }));
    assert.equal((await send({}, leased(1))).status, 'delivered');
  }
});

for (const [status, wanted] of [
  [408, 'rejected'],
  [429, 'retry'],
  [500, 'rejected'],
  [501, 'rejected'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
] as const) {
  test(`${status}: ${wanted}`, async () => {
    receiver.script(answer(status, '', { 'retry-after': '4' }));
    const result = await send({}, leased(1));
    assert.equal(result.status, wanted);
    if (result.status === 'retry') assert.equal(result.afterMs, 4000);
  });
}

test('the address may have the path already', async () => {
  assert.deepEqual(await send({ url: `${receiver.url}/v1/logs` }, leased(1)), { status: 'delivered' });
});

test('options that cannot be are refused', () => {
  const headers = { 'Content-Type': 'x', authorization: 'a' };
  assert.deepEqual(problemsOf(otlp, { url: 'https://otlp.example.com', bearer_token: 't', headers }), [
    'headers.Content-Type: set by herald itself',
    'headers.authorization: set by herald itself',
  ]);
});

function hrTime(nanoseconds: string): readonly [seconds: number, nanoseconds: number] {
  return [Number(nanoseconds.slice(0, -9)), Number(nanoseconds.slice(-9))];
}

function scopeOf(scope: object | undefined): { readonly name: string; readonly version: string } {
  assert.ok(scope !== undefined && 'name' in scope && 'version' in scope);
  return { name: String(scope.name), version: String(scope.version) };
}

/** Their exporter writes zeros that say nothing. */
function withoutDefaults(value: unknown): unknown {
  const json = JSON.stringify(value, (key, inner: unknown) => (key === 'droppedAttributesCount' ? undefined : inner));
  const out: unknown = JSON.parse(json);
  return out;
}
