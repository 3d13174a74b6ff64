import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createProgram } from '../../src/cli/program.ts';
import { testRules } from '../../src/cli/test-rules.ts';
import { kinds } from '../../src/build.ts';
import { loadConfig } from '../../src/config/load.ts';
import { readFileSync } from 'node:fs';

const folder = join(import.meta.dirname, '..', '..', 'examples');
const text = `sources: [{type: stdin}]
include: [{file: rules/authentik.yaml, destinations: [out]}]
destinations: {out: {type: stdout}}
`;
const config = loadConfig(
  text,
  join(folder, 'config.yaml'),
  { env: {}, hostname: 'here', readFile: (path) => readFileSync(path, 'utf8') },
  kinds,
);

test('the tests of the detections pass', () => {
  const failed = testRules(config).filter(({ failures }) => failures.length > 0);
  assert.deepEqual(failed, []);
});

test('every detection says what it is for and has a test that fires and one that does not', () => {
  assert.ok(config.rules.length >= 20);
  for (const { name, description, attack, severity, runbook, tests } of config.rules) {
    assert.ok(description !== undefined, name);
    assert.ok(runbook !== undefined, `${name}: a runbook`);
    assert.match(attack.join(), /^T\d{4}(?:\.\d{3})?(?:,T\d{4}(?:\.\d{3})?)*$/, `${name}: techniques`);
    assert.notEqual(severity, 'notice', `${name}: a severity of its own`);
    assert.ok(
      tests.some(({ fires = 0 }) => fires > 0),
      `${name}: a test that fires`,
    );
    assert.ok(
      tests.some(({ fires }) => fires === 0),
      `${name}: a test that does not`,
    );
  }
});

test('no runbook names a command that there is not', () => {
  const commands = new Set(createProgram().commands.map((command) => command.name()));
  for (const { name, runbook = '', description = '' } of config.rules) {
    for (const [, command = ''] of `${description} ${runbook}`.matchAll(/\bherald ([a-z-]+)`/g))
      assert.ok(commands.has(command), `${name}: herald ${command}`);
  }
});
