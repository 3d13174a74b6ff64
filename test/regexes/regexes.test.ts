import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ambiguity } from './ambiguity.ts';
import { regularExpressions } from './collect.ts';

// One user name must not stop herald for ever, whatever pattern it meets.

const hebrew = String.raw`(?:[\p{Script=Hebrew}\p{Script=Arabic}]\p{M}*)*`;

test('a pattern that can read a text in two ways is found', () => {
  for (const pattern of [
    // These two were in src/render, and stopped it: Hebrew points are marks and of the script, U+FE0F is a mark.
    new RegExp(`^(${hebrew})(.*?)(${hebrew})$`, 'su'),
    /^(?:[\p{L}\p{N}\p{M}\p{Extended_Pictographic}._@+$\\-]|\u200d|\ufe0f)+$/u,
    /(a*)*b/,
    /(?:a|b*)*c/,
    /(?:a?b?)*c/,
    /(?:\w+\s?)*$/,
    /(?:a|ab|b)+c/,
    /(?:K|k)+!/i,
    /x(?=(?:\d+|\w)+-)/,
    /(?<=(?:\d|\w)+-)x/,
    /(?:a{1,3}){2,}b/,
    /(?:[^"\\]|\\?.)*"/,
  ]) {
    assert.notEqual(ambiguity(pattern), undefined, String(pattern));
  }
});

test('a pattern that cannot is left in peace', () => {
  for (const pattern of [
    /^\s*(\d+)\s*$/,
    /(?:\w+\s)*$/,
    /(?:a|b)*c/,
    /(?:[^"\\]|\\.)*"/,
    /(?:ab?)+c/,
    /(?:\d{1,3}\.)+x/,
    /(?:K|k)+!/,
    /(['"])(?:\\.|(?!\1)[^\\])*\1/,
    /[a|(b]+[)*]*/,
    /\p{L}\p{M}*/u,
  ]) {
    assert.equal(ambiguity(pattern), undefined, String(pattern));
  }
});

test('no regular expression of the program can read a text in two ways', async (context) => {
  const found = await regularExpressions();
  context.diagnostic(`${found.length} regular expressions`);
  assert.ok(found.length > 300);
  const wrong = found.flatMap(({ pattern, file }) => {
    const part = ambiguity(pattern);
    return part === undefined ? [] : [`${file}: ${String(pattern)} reads in two ways: ${part}`];
  });
  assert.deepEqual(
    wrong,
    [],
    'make what is repeated unambiguous: nothing optional beside its like, no class that overlaps another',
  );
});
