import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Family } from '../../src/core/family.ts';
import { createDecoder } from '../../src/decode/create.ts';
import { decodeAll, options } from './corpus.ts';

const event = JSON.stringify({
  action: 'login',
  client_ip: '192.0.2.1',
  context: { auth_method: 'password' },
  event: 'Created Event',
  level: 'info',
  logger: 'authentik.events.models',
  pid: 7,
  timestamp: '2026-01-15T09:00:00.123456',
  user: { username: 'ada', pk: 7 },
});
const changed = (changes: object): string => JSON.stringify({ ...JSON.parse(event), ...changes });
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const withContext = (context: string): string => event.replace('{"auth_method":"password"}', context);
const cri = (text: string, tag = 'F'): string => `2026-01-15T09:00:00.5Z stderr ${tag} ${text}\n`;
const docker = (log: string): string =>
  `${JSON.stringify({ log: `${log}\n`, stream: 'stderr', time: '2026-01-15T09:00:00.5Z' })}\n`;

/** A damaged line between two events costs neither of them, and is counted as what the table says. */
const damaged: readonly (readonly [name: string, line: string, family: Family])[] = [
  ['cut off', event.slice(0, -20), 'unparsable'],
  ['cut off and run into the next', `${event.slice(0, 100)}${event}`, 'unparsable'],
  ['with text behind it', `${event} tail`, 'unparsable'],
  ['with a NUL in a string', event.replace('ada', 'a\0da'), 'unparsable'],
  ['no JSON', '{not json}', 'unparsable'],
  ['an empty object', '{}', 'foreign'],
  ['an array', '[1, 2]', 'plain'],
  ['empty', '', 'plain'],
  ['nested 99 levels', withContext(nested(99)), 'event'],
  ['nested 101 levels', withContext(nested(101)), 'unparsable'],
  ['nested a million levels', withContext('['.repeat(1_000_000) + ']'.repeat(1_000_000)), 'unparsable'],
  ['nested and no event', nested(100_000), 'go'],
  ['never closed', '{"a":'.repeat(100_000), 'unparsable'],
  ['with the words of an event in plain text', '[info] Created Event [authentik.events.models]', 'unparsable'],
  ['in the debug console form', '2026-01-15 09:00:00 [info ] Created Event action=login', 'unparsable'],
  ['of another logger', changed({ logger: 'my-policy' }), 'go'],
  ['of another event', changed({ event: 'Created Event!' }), 'go'],
  ['without an action', changed({ action: undefined }), 'go'],
  ['with an action that is no text', changed({ action: ['login'] }), 'go'],
  ['in a prefix nobody knows', `somebody said ${event}`, 'unparsable'],
  ['behind a pod-like word', `user-login said ${event}`, 'unparsable'],
  ['with a word of an event only', 'This was no Event of ours', 'plain'],
  ['cut and no event', '{"event": "/", "level": "info", "logger": "authentik.root.celery", "pid": 1', 'unparsable'],
];

describe('a damaged line between two events', () => {
  for (const [name, line, family] of damaged) {
    test(`bare: ${name}`, () => expectBetween(`${event}\n`, `${line}\n`, family));
    test(`CRI: ${name}`, () => expectBetween(cri(event), cri(line), family));
    test(`json-file: ${name}`, () => expectBetween(docker(event), docker(line), family));
  }
});

const brokenRecords: readonly (readonly [name: string, record: string, family: Family])[] = [
  ['a CRI tag that is none', cri('x', 'X'), 'unparsable'],
  ['a CRI header without a tag', '2026-01-15T09:00:00.5Z stderr \n', 'unparsable'],
  ['a CRI header cut in the stream', '2026-01-15T09:00:00.543472529Z std\n', 'unparsable'],
  ['a CRI header cut in the time', '2026-01-15T09:00\n', 'unparsable'],
  ['a CRI record without text', '2026-01-15T09:00:00.5Z stderr F\n', 'plain'],
  ['a CRI record with tags', `2026-01-15T09:00:00.5Z stderr F:a:b ${event}\n`, 'event'],
  ['a CRI record with a time that is none', `2026-99-99T99:99:99.5Z stderr F ${event}\n`, 'event'],
  ['a bare event', `${event}\n`, 'event'],
  ['bare text', 'Traceback (most recent call last):\n', 'plain'],
  ['a json-file record that is cut', '{"log":"abc\\n","stream":"stde\n', 'unparsable'],
  ['a json-file record without a stream', '{"log":"abc\\n","time":"2026-01-15T09:00:00.5Z"}\n', 'go'],
  ['a json-file record with a log that is no text', '{"log":1,"stream":"stderr"}\n', 'go'],
  ['a json-file record with labels', docker(event).replace('"time"', '"attrs":{"tag":"x"},"time"'), 'event'],
];

describe('a broken record among whole ones', () => {
  for (const [name, record, family] of brokenRecords) {
    test(`CRI: ${name}`, () => expectBetween(cri(event), record, family));
    test(`json-file: ${name}`, () => expectBetween(docker(event), record, family));
  }
});

test('a key that only ends as the logger is none', () => {
  const text = String.raw`{"a\"logger": "authentik.asgi", "method": "GET", "x": {"logger": "authentik.worker"}}`;
  assert.deepEqual({ ...decodeAll(cri(text)).counts }, { worker: 1 });
});

test('a name without an end is not looked for in the next line', () => {
  const text = cri('{"event": "x", "logger": "x}') + cri('", "pid": 7}');
  assert.deepEqual({ ...decodeAll(text).counts }, { unparsable: 1, plain: 1 });
});

test('json-file: a written backslash before an n ends no line', () => {
  assert.deepEqual({ ...decodeAll(docker('a').replace('\\n"', '\\\\n"') + docker('b')).counts }, { plain: 1 });
  const part = docker(event.slice(0, 50)).replace('\\n"', '\\\\n"');
  assert.ok(part.includes('\\\\n","stream"'));
  assert.deepEqual({ ...decodeAll(`${part}${docker('x')}${docker(event)}`).counts }, { unparsable: 1, event: 1 });
});

test('invalid UTF-8 costs the letters, not the event', () => {
  const bytes = Buffer.from(`${event.replace('ada', 'a??a')}\n`);
  bytes.set([0xff, 0xfe], bytes.indexOf('??'));
  assert.equal(decodeAll(bytes).events[0]?.user.username, 'a\u{fffd}\u{fffd}a');
});

test('a byte order mark and the NULs of a truncated file are no part of the line', () => {
  const [plain] = decodeAll(`${event}\n`).events;
  for (const noise of ['\u{feff}', '\0'.repeat(100), '\0\0\u{feff}'])
    assert.deepEqual(decodeAll(`${noise}${event}\n`).events, [plain], JSON.stringify(noise));
  assert.equal(decodeAll(`\u{feff}${cri(event)}`).events[0]?.origin.stream, 'stderr');
});

test('CRLF and LF give the same event with the same id', () => {
  for (const text of [`${event}\n`, cri(event), docker(event)])
    assert.deepEqual(decodeAll(text.replace('\n', '\r\n')).events, decodeAll(text).events);
  assert.deepEqual(decodeAll(docker(`${event}\r`)).events, decodeAll(docker(event)).events);
});

test('keys named as the prototype are data', () => {
  const [got] = decodeAll(`${withContext('{"__proto__":{"polluted":1},"constructor":{"name":"x"}}')}\n`).events;
  assert.ok(got !== undefined);
  assert.deepEqual(Object.keys(got.context), ['__proto__', 'constructor']);
  assert.equal('polluted' in {}, false);
  assert.equal('polluted' in got.context, false);
  const [user] = decodeAll(`${event.replace('"username"', '"__proto__"')}\n`).events;
  assert.deepEqual(user?.user, { pk: 7 });
});

test('huge numbers, duplicate keys and the words of Python for no number', () => {
  const [huge] = decodeAll(`${withContext('{"a":1e999,"b":123456789012345678901234567890}')}\n`).events;
  assert.deepEqual(huge?.context, { a: Number.POSITIVE_INFINITY, b: Number('123456789012345678901234567890') });
  const [twice] = decodeAll(`${withContext('{"a":1,"a":2}')}\n`).events;
  assert.deepEqual(twice?.context, { a: 2 });
  const [words] = decodeAll(`${withContext('{"a":NaN,"b":[-Infinity, Infinity],"c":"\\"NaN\\\\"}')}\n`).events;
  assert.deepEqual(words?.context, { a: null, b: [null, null], c: '"NaN\\' });
});

test('a key of the context cannot hide an event or make one', () => {
  // The family is told by the first logger in the bytes, but a line with an event's words is always parsed.
  const hidden = withContext('{"logger": "authentik.asgi", "method": "GET"}');
  assert.deepEqual({ ...decodeAll(cri(hidden)).counts }, { event: 1 });
  const forged = JSON.stringify({ context: JSON.parse(event), event: 'x', logger: 'authentik.asgi' });
  assert.deepEqual(decodeAll(cri(forged)).events, []);
});

test('the chunk may be overwritten after the call', () => {
  const decoder = createDecoder(options);
  const bytes = Buffer.from(cri(event.slice(0, 50), 'P') + cri(event.slice(50)).slice(0, -1));
  decoder.push(bytes);
  bytes.fill(0x20);
  assert.deepEqual(decoder.push(Buffer.from('\n')).events, decodeAll(cri(event)).events);
});

test('the end makes the torn line and the open ones lines', () => {
  assert.equal(decodeAll(event).events.length, 1);
  assert.equal(decodeAll(cri(event).slice(0, -1)).events.length, 1);
  assert.deepEqual({ ...decodeAll(cri('{"a', 'P')).counts }, { unparsable: 1 });
  assert.deepEqual({ ...decodeAll(cri('abc', 'P')).counts }, { plain: 1 });
  assert.equal(decodeAll(docker(event).replace('\\n"', '"')).events.length, 1);
});

function expectBetween(neighbour: string, line: string, family: Family): void {
  const { events, counts } = decodeAll(`${neighbour}${line}${neighbour}`);
  assert.equal(events.length, family === 'event' ? 3 : 2);
  assert.deepEqual({ ...counts }, family === 'event' ? { event: 3 } : { event: 2, [family]: 1 });
}
