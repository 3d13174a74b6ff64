import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommanderError } from 'commander';
import { endingOf } from '../../src/cli/exit.ts';
import { ConfigError, InvariantError, OperationalError } from '../../src/core/errors.ts';

const problem = { file: 'c.yaml', line: 3, column: 5, path: 'log.level', message: 'wrong' };

const table: readonly (readonly [name: string, error: unknown, code: number, text: RegExp])[] = [
  ['one problem', new ConfigError([problem]), 78, /^c\.yaml:3:5 log\.level: wrong\n1 problem$/],
  ['two problems', new ConfigError([problem, problem]), 78, /\n2 problems$/],
  ['the world', new OperationalError('listen', 'port 9380 is taken'), 1, /^herald: port 9380 is taken \(listen\)$/],
  [
    'a bug',
    new InvariantError('no such state'),
    70,
    /^herald: this is a bug: InvariantError: no such state\n.*--debug/,
  ],
  ['an unforeseen error', new TypeError('x is undefined'), 70, /^herald: this is a bug: TypeError: x is undefined\n/],
  ['something thrown', 'text', 70, /^herald: this is a bug: text\n/],
  ['wrong usage', new CommanderError(1, 'commander.unknownOption', 'unknown option'), 64, /^$/],
  ['help', new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'), 0, /^$/],
];

for (const [name, error, code, text] of table) {
  test(`exit code ${code} for ${name}`, () => {
    const ending = endingOf(error, false);
    assert.equal(ending.code, code);
    assert.match(ending.text, text);
    assert.doesNotMatch(ending.text, /\n {4}at /);
  });
}

test('the stack of a bug is shown on demand only', () => {
  assert.match(endingOf(new InvariantError('x'), true).text, /\n {4}at /);
  assert.match(endingOf(new OperationalError('io', 'x'), true).text, /\n {4}at /);
});
