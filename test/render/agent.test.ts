import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortAgent } from '../../src/render/agent.ts';

test('a user agent without end is read no further than a browser would write', () => {
  const unit = 'Version/1;';
  // Each of them was compared with all that follow: this took minutes.
  assert.equal(shortAgent(`Mozilla/5.0 ${unit.repeat(100_000)}`), `Mozilla/5.0 ${unit.repeat(5).slice(0, 47)}…`);
  assert.equal(shortAgent(`curl/8.5.0 ${unit.repeat(100_000)}`), 'curl/8.5.0');
});

test('a browser is named by its own product, not by those that it claims to be', () => {
  const claims =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36';
  assert.equal(shortAgent(claims), 'Chrome 120 on Windows');
  assert.equal(shortAgent(`${claims} Edg/120.0.2210.91`), 'Edge 120 on Windows');
});
