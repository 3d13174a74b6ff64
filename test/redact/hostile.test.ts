import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyRule } from '../../src/redact/key-rule.ts';
import { layersMax } from '../../src/redact/layers.ts';
import { redactText, createTextRedactor } from '../../src/redact/text.ts';

// prettier-ignore
const units: readonly string[] = [
  'a', '=', ':', 'token=', 'token: ', 'state:', 'state="', "'token': '", '"token": [', 'token=(', 'password: ',
  'token=a&b',
  '%', '%25', '%2525', '%3D', '\\', '\\"', '&amp;', '&#', '&quot;token&quot;: &quot;', '%u', '%zz',
  '://', 'a://b:', 'a://b:c@', 'http://a:b', '[redacted:', '[redacted:key]', '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  'Bearer ', 'eyJ', 'eyJa', 'code 1234 ', '1 ', '\n  token: |\n   ', 'webhook=a://x/ ', 'use-token/',
  'services/T/B/',
  'hooks/', 'bot1234567:', "('token', '", '<token>', '--token ', 'SG.', 'Cookie: "', '"', "'''", '{', '[',
  '\u0000', '\ud800', '💥',
];

test('hostile texts never throw', () => {
  for (const unit of units) assert.equal(typeof redactText(unit.repeat(3000)), 'string', unit);
});

test('the work grows with the length of the text, not with its square', () => {
  const keys = createKeyRule([]);
  let asked = 0;
  const texts = createTextRedactor(
    (key) => {
      asked++;
      return keys(key);
    },
    [],
    false,
  );
  const lookups = (unit: string, times: number): number => {
    asked = 0;
    texts.redact(unit.repeat(times), new Map());
    return asked;
  };
  for (const unit of units) {
    const once = lookups(unit, 1000);
    assert.ok(lookups(unit, 8000) <= 8 * once + 64, unit);
    // Two for a code with a word before it, in each layer.
    assert.ok(once <= 2 * 1000 * unit.length * (layersMax + 1), unit);
  }
});
