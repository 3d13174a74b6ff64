import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDecoder } from '../../src/decode/create.ts';
import { decodeAll, options } from './corpus.ts';

const line = (action: string, padding = ''): string =>
  JSON.stringify({
    action,
    context: { padding },
    event: 'Created Event',
    logger: 'authentik.events.models',
    timestamp: '2026-01-15T09:00:00.123456',
    user: {},
  });
const record = (stream: string, tag: string, text: string, time = '2026-01-15T09:00:00.5Z'): string =>
  `${time} ${stream} ${tag} ${text}\n`;
const dockerRecord = (stream: string, log: string): string =>
  `${JSON.stringify({ log, stream, time: '2026-01-15T09:00:00.5Z' })}\n`;
const actions = (text: string, maxLineBytes = 1000): string[] =>
  decodeAll(text, { maxLineBytes }).events.map((event) => `${event.action} ${event.origin.stream}`);
const counts = (text: string, maxLineBytes: number): object => ({ ...decodeAll(text, { maxLineBytes }).counts });

test('CRI: parts of two streams that stand between each other are joined per stream', () => {
  const [a, b] = [line('login'), line('logout')];
  const text = [
    record('stderr', 'P', a.slice(0, 20)),
    record('stdout', 'P', b.slice(0, 30)),
    record('stdout', 'P', b.slice(30, 40)),
    record('stderr', 'P', a.slice(20, 70)),
    record('stderr', 'F', a.slice(70)),
    record('stderr', 'F', line('password_set')),
    record('stdout', 'F', b.slice(40)),
  ];
  assert.deepEqual(actions(text.join('')), ['login stderr', 'password_set stderr', 'logout stdout']);
});

test('json-file: parts are joined per stream until a newline ends them', () => {
  const [a, b] = [line('login'), line('logout')];
  const text = [
    dockerRecord('stderr', a.slice(0, 20)),
    dockerRecord('stdout', b.slice(0, 30)),
    dockerRecord('stderr', a.slice(20)),
    dockerRecord('stderr', '\n'),
    dockerRecord('stdout', `${b.slice(30)}\n`),
  ];
  assert.deepEqual(actions(text.join('')), ['login stderr', 'logout stdout']);
});

test('a joined line has the id and the time of its first record', () => {
  const text = line('login').replace('2026-01-15T09:00:00.123456', 'none');
  const [first, last] = ['2026-01-15T09:00:00.5Z', '2026-01-15T09:00:07.5Z'];
  const [whole] = decodeAll(record('stderr', 'F', text, first)).events;
  const parts = record('stderr', 'P', text.slice(0, 9), first) + record('stderr', 'F', text.slice(9), last);
  assert.deepEqual(decodeAll(parts).events, [whole]);
  assert.equal(whole?.at, Date.parse(first));
});

test('a line of exactly the limit is read, one byte more is oversized, in every form', () => {
  const text = line('login', 'x'.repeat(300));
  const max = text.length;
  const half = max >> 1;
  const forms = [
    `${text}\n`,
    `${text}\r\n`,
    `server-1      | ${text}\n`,
    record('stderr', 'F', text),
    record('stderr', 'P', text.slice(0, half)) + record('stderr', 'F', text.slice(half)),
    record('stderr', 'P', text) + record('stderr', 'F', ''),
    dockerRecord('stderr', `${text}\n`),
    dockerRecord('stderr', text.slice(0, half)) + dockerRecord('stderr', `${text.slice(half)}\n`),
  ];
  for (const form of forms) {
    assert.deepEqual(counts(form, max), { event: 1 }, form.slice(0, 60));
    assert.deepEqual(counts(form, max - 1), { oversized: 1 }, form.slice(0, 60));
  }
});

test('an oversized line costs no neighbour, whole, in parts, or torn by chunks of any size', () => {
  const long = 'y'.repeat(20_000);
  const text = [
    record('stderr', 'F', line('login')),
    record('stderr', 'P', long),
    record('stdout', 'F', line('logout')),
    record('stderr', 'P', 'y'.repeat(300)),
    record('stderr', 'F', line('password_set')),
    record('stderr', 'F', long),
    record('stderr', 'F', line('invitation_used')),
    `${long}\n`,
    line('secret_view'),
    '\n',
    `${JSON.stringify({ log: `${'z'.repeat(200_000)}\n`, stream: 'stderr' })}\n`,
    record('stdout', 'F', line('login_failed')),
  ].join('');
  const wanted = ['login', 'logout', 'invitation_used', 'secret_view', 'login_failed'];
  for (const size of [7, 1000, 4096, text.length]) {
    const decoder = createDecoder({ ...options, maxLineBytes: 500 });
    const got = [];
    let oversized = 0;
    for (let at = 0; at < text.length; at += size) {
      const decoded = decoder.push(Buffer.from(text.slice(at, at + size)));
      got.push(...decoded.events.map(({ action }) => action));
      oversized += decoded.counts.oversized ?? 0;
    }
    assert.deepEqual(got, wanted, `chunks of ${size}`);
    assert.equal(oversized, 4, `chunks of ${size}`);
  }
});

test('a json-file record whose labels are too long is oversized, torn or not', () => {
  const text = dockerRecord('stderr', 'a\n').replace('"time"', `"attrs":{"a":"${'x'.repeat(70_000)}"},"time"`);
  assert.deepEqual(counts(text, 10), { oversized: 1 });
  const decoder = createDecoder({ ...options, maxLineBytes: 10 });
  decoder.push(Buffer.from(text.slice(0, -5)));
  assert.deepEqual({ ...decoder.push(Buffer.from(text.slice(-5))).counts }, { oversized: 1 });
});

test('a line without an end is skipped in bounded memory', () => {
  const decoder = createDecoder({ ...options, maxLineBytes: 100_000 });
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  decoder.push(chunk);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 200; i++) assert.deepEqual({ ...decoder.push(chunk).counts }, {});
  assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024);
  assert.equal(decoder.resume().next, 0);
  const { counts, events } = decoder.push(Buffer.from(`x\n${line('login')}\n`));
  assert.deepEqual({ ...counts }, { oversized: 1, event: 1 });
  assert.equal(events.length, 1);
  assert.equal(decoder.resume().next, 201 * chunk.length + 2 + line('login').length + 1);
});
