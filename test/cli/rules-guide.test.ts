import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { kinds } from '../../src/build.ts';
import { testRules } from '../../src/cli/test-rules.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';

// docs/rules.md promises that its examples are run.

const guide = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'rules.md'), 'utf8');
const examples = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);

function load(example: string): Config {
  const text = `sources: [{type: stdin}]\ndestinations: {chat: {type: stdout}}\n${example}`;
  const readFile = (): string => assert.fail('no file is read');
  return loadConfig(text, 'rules.md', { env: {}, hostname: 'here', readFile }, kinds);
}

test('every example loads', () => {
  assert.ok(examples.length >= 8);
  for (const example of examples) load(example);
});

for (const config of examples.map(load)) {
  for (const { rule, test: name, failures, told } of testRules(config)) {
    test(`${rule}: ${name}`, () => assert.deepEqual(failures, [], told.join('\n')));
  }
}
