import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Event } from '../../src/core/event.ts';
import type { DecoderOptions } from '../../src/decode/decoder.ts';
import { createDecoder } from '../../src/decode/create.ts';
import { corpus, decodeAll, options } from './corpus.ts';

const base = {
  action: 'login',
  client_ip: '192.0.2.1',
  context: {},
  event: 'Created Event',
  logger: 'authentik.events.models',
  timestamp: '2026-01-15T09:00:00.123456',
  user: { username: 'ada', pk: 7 },
};
const containerTime = '2026-01-15T10:00:00.75+01:00';

function decode(changes: object, options: Partial<DecoderOptions> = {}): Event {
  const text = `${containerTime} stderr F ${JSON.stringify({ ...base, ...changes })}\n`;
  const [event] = decodeAll(text, options).events;
  assert.ok(event !== undefined);
  return event;
}

const times: readonly (readonly [timestamp: unknown, at: string])[] = [
  ['2026-01-15T09:00:00.123999', '2026-01-15T09:00:00.123Z'],
  ['2026-01-15T09:00:00', '2026-01-15T09:00:00.000Z'],
  ['2026-01-15 09:00:00.5', '2026-01-15T09:00:00.500Z'],
  ['2026-01-15T09:00:00.04Z', '2026-01-15T09:00:00.040Z'],
  ['2026-01-15T09:00:00.5+02:00', '2026-01-15T07:00:00.500Z'],
  ['2026-01-15T09:00:00-0530', '2026-01-15T14:30:00.000Z'],
  [1768467548.5425723, '2026-01-15T08:59:08.542Z'],
  ...[undefined, null, '', 'yesterday', '2026-13-15T09:00:00', '2026-01-15T24:00:00', '2026-01-15T09:00:00.5X'].map(
    (bad) => [bad, '2026-01-15T09:00:00.750Z'] as const,
  ),
  ...['0001-01-01T00:00:00Z', '2026-01-15T09:00:00.', '+026-01-15T09:00:00', -5, 0, 1e300, {}].map(
    (bad) => [bad, '2026-01-15T09:00:00.750Z'] as const,
  ),
];

describe("the time is the line's own, else the container's, else 0", () => {
  for (const [timestamp, at] of times)
    test(String(timestamp), () => assert.equal(new Date(decode({ timestamp }).at).toISOString(), at));
  test('neither', () => {
    assert.equal(decodeAll(`${JSON.stringify({ ...base, timestamp: 'x' })}\n`).events[0]?.at, 0);
  });
  test("the time of a prefix counts as the container's", () => {
    const text = `2026-01-15 09:00:01.293678+00:00${JSON.stringify({ ...base, timestamp: 'x' })}\n`;
    assert.equal(decodeAll(text).events[0]?.at, Date.parse('2026-01-15T09:00:01.293Z'));
  });
});

test('addresses that say nothing are absent', () => {
  for (const client_ip of [null, undefined, '', '255.255.255.255', 7, {}])
    assert.equal('client_ip' in decode({ client_ip }), false, JSON.stringify(client_ip));
  assert.equal(decode({ client_ip: '2001:db8::1' }).client_ip, '2001:db8::1');
});

test('users of any shape become one shape, at most three inside each other', () => {
  const user = { username: '', pk: null, email: 'a@example.com', is_anonymous: true, other: 1 };
  assert.deepEqual(decode({ user }).user, { username: '', pk: null, email: 'a@example.com', is_anonymous: true });
  for (const other of ['<User: ada>', null, undefined, 7, ['ada']]) assert.deepEqual(decode({ user: other }).user, {});
  assert.deepEqual(decode({ user: { username: 7, pk: [1], email: null, is_anonymous: 'no' } }).user, {});
  const four = {
    username: 'a',
    on_behalf_of: { username: 'b', authenticated_as: { username: 'c', on_behalf_of: {} } },
  };
  assert.deepEqual(decode({ user: four }).user, {
    username: 'a',
    on_behalf_of: { username: 'b', authenticated_as: { username: 'c' } },
  });
});

test('the context is kept whole, the request is found on either level', () => {
  const context = { zebra: [1, { a: null }], http_request: { request_id: 'inner', args: { a: 'b' } } };
  assert.deepEqual(decode({ context }).context, context);
  assert.equal(decode({ context }).request_id, 'inner');
  assert.equal(decode({ context, request_id: 'outer' }).request_id, 'outer');
  for (const other of ['text', null, [], undefined]) assert.deepEqual(decode({ context: other }).context, {});
  const { schema_name, domain_url, origin } = decode({ schema_name: 'public', domain_url: null });
  assert.deepEqual([schema_name, domain_url], ['public', undefined]);
  assert.deepEqual(origin, {
    namespace: 'authentik',
    pod: 'authentik-server-0',
    container: 'server',
    stream: 'stderr',
  });
});

test('the logger before 2022.12 and actions nobody knows', () => {
  assert.equal(decode({ logger: 'authentik.events', action: 'custom_x' }).action, 'custom_x');
});

test("the id depends on the place, the container's time and the bytes, and on nothing else", () => {
  const text = JSON.stringify(base);
  const idOf = (line: string, options: Partial<DecoderOptions> = {}): string =>
    decodeAll(line, options).events[0]?.id ?? '';
  const id = idOf(`${containerTime} stderr F ${text}\n`);
  assert.match(id, /^[0-9a-f]{32}$/);
  const docker = JSON.stringify({ log: `${text}\n`, stream: 'stdout', time: containerTime });
  assert.equal(idOf(`${docker}\n`), id);
  assert.equal(idOf(`x\n${containerTime} stdout F ${text}\r\n`, { maxLineBytes: 1000 }), id);
  const others = [
    idOf(`${text}\n`),
    idOf(`2026-01-15T10:00:00.76+01:00 stderr F ${text}\n`),
    idOf(`${containerTime} stderr F ${text} \n`),
    idOf(`${containerTime} stderr F ${text}\n`, {
      origin: { namespace: 'authentik', pod: 'other', container: 'server' },
    }),
    idOf(`${containerTime} stderr F ${text}\n`, { origin: {} }),
  ];
  assert.equal(new Set([id, ...others]).size, 6);
  // Ids are stored: a change of the recipe would deliver everything in the journal's reach once more.
  assert.equal(
    idOf('{"action":"a","event":"Created Event","logger":"authentik.events"}\n'),
    'c8d19ba4d8175f25ba43721920cfc4cd',
  );
});

test('look-alikes are counted, and become events when that is asked for', () => {
  const bytes = readFileSync(join(corpus, 'lines.log'));
  const without = decodeAll(bytes);
  const made = decodeAll(bytes, { lookalikes: true });
  assert.deepEqual(made.counts, without.counts);
  const extra = made.events.filter((event) => event.action === 'invalid_identifier');
  assert.equal(extra.length, 22);
  assert.equal(made.events.length, without.events.length + 22);
  const typed = extra.find(
    (event) => event.client_ip === '192.0.2.23' && event.context['identifier'] === '\u{430}dmin',
  );
  assert.match(JSON.stringify(typed?.context['stage']), /^"<authentik\.stages\.identification/);
  assert.deepEqual(typed?.user, {});
});

test("the newest time is the container's of the last record, or the newest event's", () => {
  const line = JSON.stringify(base);
  const newest = (text: string): number | undefined => {
    const decoder = createDecoder(options);
    return decoder.push(Buffer.from(text)).newest;
  };
  assert.equal(newest('2026-01-15T09:00:00Z stdout F a\n2026-01-15T09:00:02.5Z stderr P b\nc\n'), at('09:00:02.500'));
  assert.equal(newest(`{"log":"a\\n","stream":"stdout","time":"2026-01-15T09:00:03Z"}\n`), at('09:00:03.000'));
  assert.equal(newest(`{"log":"a","stream":"stdout","time":"2026-01-15T09:00:04Z"}\n`), at('09:00:04.000'));
  assert.equal(newest(`${line}\n${line.replace('09:00:00', '08:00:00')}\nplain\n`), at('09:00:00.123'));
  assert.equal(newest('plain\n'), undefined);
});

function at(clock: string): number {
  return Date.parse(`2026-01-15T${clock}Z`);
}

test("no line makes an event of herald's own, which views trust", () => {
  for (const action of ['herald_alert', 'herald_test', 'herald_ada']) {
    assert.equal(decode({ action }).action, `custom_${action}`);
  }
  assert.equal(decode({ action: 'custom_herald' }).action, 'custom_herald');
});
