import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { FamilyCounts } from '../../src/core/family.ts';
import { createDecoder } from '../../src/decode/create.ts';
import {
  addTo,
  corpus,
  decodeAll,
  expectation,
  options,
  rawLines,
  readNdjson,
  summary,
  type ExpectedLine,
  type Total,
} from './corpus.ts';

const expected = readNdjson<ExpectedLine>('lines.expected.ndjson');

function expectLines(total: Total, lines: readonly ExpectedLine[]): void {
  const counts: FamilyCounts = {};
  for (const { family } of lines) counts[family] = (counts[family] ?? 0) + 1;
  assert.deepEqual({ ...total.counts }, counts);
  const events = lines.flatMap(({ event }) => (event === null ? [] : [expectation(event)]));
  assert.deepEqual(total.events.map(summary), events);
}

test('bare lines: every line has the family and the event that the corpus names', () => {
  const decoder = createDecoder(options);
  for (const [index, line] of rawLines().entries()) {
    const want = expected[index];
    assert.ok(want !== undefined);
    const { counts, events } = decoder.push(Buffer.concat([line, Buffer.from('\n')]));
    assert.deepEqual({ ...counts }, { [want.family]: 1 }, `line ${want.line}`);
    assert.deepEqual(events.map(summary), want.event === null ? [] : [expectation(want.event)], `line ${want.line}`);
  }
});

test('bare lines in one chunk, with CRLF, and torn byte by byte give the same', () => {
  const bytes = readFileSync(join(corpus, 'lines.log'));
  expectLines(decodeAll(bytes), expected);
  const crlf = decodeAll(bytes.toString('latin1').replaceAll('\n', '\r\n'), {});
  assert.deepEqual(crlf.counts, decodeAll(bytes).counts);
  const decoder = createDecoder(options);
  const total: Total = { events: [], counts: {} };
  for (let at = 0; at < bytes.length; at++) addTo(total, decoder.push(bytes.subarray(at, at + 1)));
  expectLines(total, expected);
});

test('the lines parsed one by one have the same families as those told by their bytes', () => {
  // A line of two records is parsed; told by its bytes it is one of lines.log.
  const parts = rawLines().map((line) => {
    const cut = line.length >> 1;
    const time = '2026-01-15T09:00:00.5Z stderr';
    return [`${time} P `, line.subarray(0, cut), `\n${time} F `, line.subarray(cut), '\n'];
  });
  expectLines(decodeAll(Buffer.concat(parts.flat().map((part) => Buffer.from(part)))), expected);
});

test('a line has the same family whole and in parts, also when an older or newer authentik leaves a key out', () => {
  const [whole, parts] = [createDecoder(options), createDecoder(options)];
  const time = '2026-01-15T09:00:00.5Z stderr';
  for (const line of rawLines()) {
    for (const shorter of withoutEachKey(line.toString())) {
      const { counts } = whole.push(Buffer.from(`${time} F ${shorter}\n`));
      const joined = parts.push(Buffer.from(`${time} P ${shorter.slice(0, 9)}\n${time} F ${shorter.slice(9)}\n`));
      assert.deepEqual({ ...counts }, { ...joined.counts }, shorter);
    }
  }
});

test('CRI tree: every container gives its lines in the order in which they become complete', () => {
  const pods = join(corpus, 'cri/var/log/pods');
  const manifest = readNdjson<{ container: string; file: string; stream: string; line: number }>('cri/expected.ndjson');
  for (const pod of readdirSync(pods)) {
    for (const container of readdirSync(join(pods, pod))) {
      const folder = join(pods, pod, container);
      const total: Total = { events: [], counts: {} };
      for (const file of readdirSync(folder).sort(byAge)) {
        const bytes = readFileSync(join(folder, file));
        const decoded = decodeAll(file.endsWith('.gz') ? gunzipSync(bytes) : bytes);
        total.events.push(...decoded.events);
        addTo(total, { events: [], counts: decoded.counts, newest: undefined });
      }
      const lines = manifest.filter((entry) => entry.container === container);
      expectLines(
        total,
        lines.flatMap(({ line }) => expected[line - 1] ?? []),
      );
      const streams = lines.filter(({ line }) => expected[line - 1]?.event !== null).map(({ stream }) => stream);
      assert.deepEqual(
        total.events.map(({ origin }) => origin.stream),
        streams,
      );
    }
  }
});

test('Docker json-file: the lines of both containers', () => {
  const [file = ''] = readdirSync(join(corpus, 'docker'));
  const total = decodeAll(readFileSync(join(corpus, 'docker', file)));
  const counts: FamilyCounts = {};
  for (const { family } of expected) counts[family] = (counts[family] ?? 0) + 1;
  assert.deepEqual({ ...total.counts }, counts);
  // The file has the lines by time, lines.log has not quite.
  const text = (events: readonly unknown[]): string[] => events.map((event) => JSON.stringify(event)).sort();
  const wanted = expected.flatMap(({ event }) => (event === null ? [] : [expectation(event)]));
  assert.deepEqual(text(total.events.map(summary)), text(wanted));
});

test('prefixed lines: known forms are read, Dozzle lines are reported as unreadable', () => {
  const lines = readFileSync(join(corpus, 'prefixed.log'), 'utf8').split('\n');
  for (const want of readNdjson<ExpectedLine & { form: string }>('prefixed.expected.ndjson')) {
    const { counts, events } = decodeAll(`${lines[want.line - 1]}\n`);
    const isDozzle = want.form.startsWith('dozzle');
    assert.deepEqual({ ...counts }, { [isDozzle ? 'unparsable' : want.family]: 1 }, `line ${want.line}`);
    const wanted = want.event === null || isDozzle ? [] : [expectation(want.event)];
    assert.deepEqual(events.map(summary), wanted, `line ${want.line}`);
  }
});

/** A line of Python's with one of its keys left out, for each; its text and its logger are never missing. */
function withoutEachKey(line: string): readonly string[] {
  const pairs = [...line.matchAll(/(?<=^\{|, )"(\w+)": (?:"(?:[^"\\]|\\.)*"|[\w.+-]+)(?:, |(?=\}$))/g)];
  return pairs.flatMap(([pair, key], at) =>
    key === 'event' || key === 'logger' || at === pairs.length - 1 ? [] : [line.replace(pair, '')],
  );
}

/** `0.log.<date>.gz`, `0.log.<date>`, `0.log`, then `1.log`. */
function byAge(a: string, b: string): number {
  const key = (name: string): string => {
    const [, restart = '', date = '9'] = /^(\d+)\.log(?:\.([\d-]+))?/.exec(name) ?? [];
    return `${restart}/${date}`;
  };
  return key(a) < key(b) ? -1 : 1;
}
