import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createIdentify } from '../../src/decode/id.ts';

const time = '2026-03-01T10:00:00.123456789Z';

test('an id is the hash of where a line comes from, its time and its bytes, however long it is', () => {
  const identify = createIdentify({ namespace: 'sso', pod: 'authentik-ä', container: '服务器' });
  for (const length of [40_000, 20, 16_000, 16_300, 16_384, 0, 1000]) {
    const line = Buffer.alloc(length, 'lïne ');
    const whole = createHash('sha256').update(`sso/authentik-ä/服务器\n${time}\n`).update(line).digest('hex');
    assert.equal(identify(time, line), whole.slice(0, 32), `${length} bytes`);
  }
});
