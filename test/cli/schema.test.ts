import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { kinds } from '../../src/build.ts';
import { schemaText } from '../../src/cli/schema.ts';
import { folder, herald } from './herald.ts';

// Compiling it takes a second.
const accepts = new Ajv({ strict: false }).compile(JSON.parse(schemaText()));

test('the schema fits the example and refuses what herald refuses', (t) => {
  const cwd = folder(t);
  assert.deepEqual(herald(cwd, ['schema']), { code: 0, stdout: schemaText(), stderr: '' });
  const example = herald(cwd, ['example']).stdout;
  assert.equal(accepts(parse(example)), true, JSON.stringify(accepts.errors));
  assert.equal(accepts(parse(example.replace('when_full: block', 'when_full: drop'))), false);
});

test('the schema fits the example of every kind', () => {
  for (const { type, example } of kinds.sources) {
    assert.equal(accepts({ sources: [{ type, ...example }] }), true, `${type}: ${JSON.stringify(accepts.errors)}`);
  }
  for (const { type, example } of kinds.destinations) {
    const config = { sources: [{ type: 'stdin' }], destinations: { d: { type, ...example } } };
    assert.equal(accepts(config), true, `${type}: ${JSON.stringify(accepts.errors)}`);
  }
});
