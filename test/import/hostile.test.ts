import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { importBlueprints } from '../../src/import/import.ts';
import { character } from '../support/character.ts';

const blueprints = ['01-handwritten-tags.yaml', '02-export-with-defaults.yaml'].map((name) =>
  readFileSync(join(import.meta.dirname, '../fixtures/corpus/blueprints', name), 'utf8'),
);

/** Damage to a text: a piece at a place (from 0 to 1) is replaced. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  by: fc.oneof(
    fc.constantFrom(
      '',
      '!KeyOf r-user',
      '!Context x',
      '!Value 0',
      '[]',
      '{}',
      'null',
      '-1',
      '&a ',
      '*a',
      '\n',
      ': ',
      '- ',
      '"',
      '|\n',
    ),
    fc.constantFrom(
      'return ',
      'not ',
      '(',
      ')',
      'event.context["a"]',
      '.get("a")',
      ' and ',
      ' in ',
      '\\',
      '${',
      "f'{",
      '{}',
    ),
    fc.string({ maxLength: 10, unit: character }),
  ),
});

test('a damaged blueprint is imported or refused, and nothing else', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...blueprints), fc.array(damage, { minLength: 1, maxLength: 4 }), (whole, damages) => {
      const text = damages.reduce((now, { at, length, by }) => {
        const start = Math.floor(at * now.length);
        return now.slice(0, start) + by + now.slice(start + length);
      }, whole);
      const result = importBlueprints([{ name: 'b.yaml', text }], { env: () => undefined, file: () => undefined });
      if (result.ok) taken += 1;
      else assert.ok(result.problems.every(({ at, message }) => at.line >= 1 && at.column >= 1 && message !== ''));
    }),
    { seed: 6, numRuns: 150 },
  );
  assert.ok(taken > 15, `only ${taken} were still blueprints`);
});

test('a program that doubles at every step is told, not computed', () => {
  const doubling = `a = context["event"].context.get("a")\n${'a = a or (a, a)\n'.repeat(60)}return a`;
  const branching = `${'if context["event"].context.get("a"):\n    b = 1\n'.repeat(60)}return True`;
  for (const source of [
    doubling,
    branching,
    `return ${'('.repeat(5000)}1${')'.repeat(5000)}`,
    `return ${'not '.repeat(5000)}1`,
    'x'.repeat(70_000),
  ]) {
    const entries = [
      {
        model: 'authentik_policies_expression.expressionpolicy',
        id: 'e',
        identifiers: { name: 'e', pk: 'e' },
        attrs: { expression: source },
      },
      { model: 'authentik_events.notificationrule', identifiers: { name: 'r', pk: 'r' } },
      { model: 'authentik_policies.policybinding', identifiers: { order: 0, policy: 'e', target: 'r' } },
    ];
    const result = importBlueprints([{ name: 'b.yaml', text: JSON.stringify({ version: 1, entries }) }], {
      env: undefined,
      file: undefined,
    });
    assert.ok(result.ok, result.ok ? '' : result.problems[0]?.message);
    assert.equal(result.findings.filter(({ kind }) => kind === 'lost').length, 1, source.slice(0, 40));
  }
});
