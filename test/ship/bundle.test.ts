import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundle } from '../support/bundle.ts';

test('the bundle is ASCII, so that V8 keeps one byte for each of its characters', () => {
  assert.ok(readFileSync(bundle).every((byte) => byte < 128));
});
