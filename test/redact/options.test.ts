import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRedactOptions, redactExample, redactOptions, redactSchema } from '../../src/redact/options.ts';
import { createRedactor } from '../../src/redact/redactor.ts';

test('patterns that cannot run in linear time or match everywhere are named by their place', () => {
  const problems = checkRedactOptions({ patterns: ['\\bEMP-\\d{6}\\b', '(a', '(?=x)a', 'x*', '(?i)ok'] });
  assert.deepEqual(
    problems.map(({ path }) => path),
    [
      ['patterns', 1],
      ['patterns', 2],
      ['patterns', 3],
    ],
  );
  for (const { message } of problems) assert.match(message, /linear-time|empty text/);
});

test('a redactor of unchecked patterns is a bug', () => {
  assert.throws(() => createRedactor({ keys: [], patterns: ['('], emailBodies: 'drop' }), { name: 'InvariantError' });
});

test('the example has known keys and good patterns', () => {
  for (const key of Object.keys(redactExample)) assert.ok(Object.hasOwn(redactSchema.properties, key), key);
  assert.deepEqual(checkRedactOptions(redactExample), []);
});

test('a loaded section becomes options', () => {
  assert.deepEqual(redactOptions({ keys: ['a'], patterns: [], email_bodies: 'keep', unknown_usernames: 'drop' }), {
    keys: ['a'],
    patterns: [],
    emailBodies: 'keep',
    unknownUsernames: 'drop',
  });
});
