import assert from 'node:assert/strict';
import { test } from 'node:test';
import { named } from '../../src/render/person.ts';

test('a name of any length takes no longer than it is long', () => {
  // Two ways to read each of these characters were 2 to the power of their number: herald stood still.
  const emoji = '❤\ufe0f'.repeat(20_000);
  assert.equal(named(`${emoji} `).startsWith('“❤\ufe0f'), true);
  assert.equal(named('ada' + '\ufe0f'.repeat(50)), 'ada' + '\ufe0f'.repeat(50));
});

test('what could be read as more than a name stands in quotation marks', () => {
  for (const name of ['ada.lovelace', 'ada@example.com', 'Ольга', 'ada❤\ufe0f', '👩\u200d💻', 'svc-1'])
    assert.equal(named(name), name);
  for (const name of ['ada lovelace', 'a, b', 'a (b)', '']) assert.equal(named(name), `“${name}”`);
});
