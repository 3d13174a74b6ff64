import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interpolate } from '../../src/config/interpolate.ts';
import { surroundings } from './kinds.ts';

const world = surroundings(
  { A: 'a', EMPTY: '', TRICKY: '$& ${env:A} $1' },
  { '/f': 'text\n', '/crlf': 'text\r\n', '/two': 'text\n\n', '/big': 'x'.repeat(1024 * 1024 + 1) },
);

const filled: readonly (readonly [text: string, result: string])[] = [
  ['${env:A}', 'a'],
  ['x${env:A}y${env:A}z', 'xayaz'],
  ['${env:EMPTY}', ''],
  ['${file:/f}', 'text'],
  ['${file:/crlf}', 'text'],
  ['${file:/two}', 'text\n'],
  // What is put in is data: it is neither filled in again nor read as a replacement pattern.
  ['${env:TRICKY}', '$& ${env:A} $1'],
  ['$${env:A}', '${env:A}'],
  ['$${file:/f} ${env:A}', '${file:/f} a'],
  ['${event.user} ${ env:A } ${"env:A"} $env:A {env:A}', '${event.user} ${ env:A } ${"env:A"} $env:A {env:A}'],
];

for (const [text, result] of filled) {
  test(`fills in ${text}`, () => {
    const done = interpolate(text, world);
    assert.equal(done.text, result);
    assert.deepEqual(done.problems, []);
  });
}

const refused: readonly (readonly [text: string, message: string])[] = [
  ['${env:NO}', '${env:NO} is not set: set the environment variable'],
  ['${env:A-B}', '${env:A-B} is no variable name: write ${env:NAME}'],
  ['${env:A:-default}', '${env:A:-default} is no variable name: write ${env:NAME}'],
  // Inherited names of objects are no variables.
  ['${env:constructor}', '${env:constructor} is not set: set the environment variable'],
  ['${env:A', '${env: has no closing }'],
  ['${file:}', '${file:} names no file: write ${file:/path/to/file}'],
  ['${file:/none}', '${file:/none} cannot be read: there is no such file'],
  ['${file:/big}', '${file:/big} is larger than 1 MiB'],
];

for (const [text, message] of refused) {
  test(`refuses ${text}`, () => {
    assert.deepEqual(
      interpolate(`x ${text}`, world).problems.map((problem) => problem.message),
      [message],
    );
  });
}

test('says what was put in, so that it can be hidden', () => {
  assert.deepEqual(interpolate('${env:A} ${file:/f}', world).values, ['a', 'text']);
});
