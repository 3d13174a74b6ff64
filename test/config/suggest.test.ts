import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, suggest } from '../../src/core/suggest.ts';

const known = ['url', 'name', 'paths', 'max_line', 'start_at', 'destinations', 'severity'];

const table: readonly (readonly [typed: string, meant: string | undefined])[] = [
  ['uri', 'url'],
  ['urls', 'url'],
  ['path', 'paths'],
  ['maxLine', 'max_line'],
  ['max-line', 'max_line'],
  ['MAX_LINE', 'max_line'],
  ['strat_at', 'start_at'],
  ['destnation', 'destinations'],
  ['sevrity', 'severity'],
  ['nmae', 'name'],
  ['token', undefined],
  ['u', undefined],
  ['', undefined],
  ['x'.repeat(10_000), undefined],
];

for (const [typed, meant] of table) {
  test(`${typed.slice(0, 20)} is taken for ${meant ?? 'nothing known'}`, () => {
    assert.equal(suggest(typed, known), meant);
    assert.equal(didYouMean(typed, known), meant === undefined ? '' : ` (did you mean "${meant}"?)`);
  });
}

test('the nearest name wins, not the first', () => {
  assert.equal(suggest('hook', ['hooks1', 'hooks']), 'hooks');
});
