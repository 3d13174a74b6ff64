import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kind } from '../../src/redact/kinds.ts';
import { Spans } from '../../src/redact/spans.ts';

test('spans may come in any order, touch, overlap and hold each other', () => {
  const spans = new Spans();
  for (const [start, end, kind] of [
    [12, 14, 'code'],
    [0, 8, 'query'],
    [2, 4, 'jwt'],
    [6, 9, 'key'],
    [9, 10, 'url'],
    [11, 11, 'jwt'],
  ] as const) {
    spans.add(start, end, kind);
  }
  const counts = new Map<Kind, number>();
  assert.equal(spans.apply('0123456789abcdef', counts), '[redacted:query][redacted:url]ab[redacted:code]ef');
  assert.deepEqual(
    [...counts],
    [
      ['query', 1],
      ['url', 1],
      ['code', 1],
    ],
  );
});

test('spans of a decoded text land where its characters came from', () => {
  const inner = new Spans();
  inner.add(1, 3, 'key');
  const spans = new Spans();
  spans.addMapped(inner, Int32Array.from([0, 3, 6, 9]));
  assert.equal(spans.apply('%61%62%63', new Map()), '%61[redacted:key]');
});
