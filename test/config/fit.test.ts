import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { kinds } from '../../src/build.ts';
import { fitsWholly } from '../../src/config/fit.ts';
import { includeSchema } from '../../src/config/include.ts';
import { destinationSchema, sectionSchemas, sourceSchema } from '../../src/config/schema.ts';
import { mismatches } from '../../src/config/validate.ts';
import type { Schema } from '../../src/core/schema.ts';
import { redactSchema } from '../../src/redact/options.ts';
import { ruleSchema } from '../../src/rules/config.ts';
import { silencesSchema } from '../../src/rules/silence.ts';

// Ajv lets no schema declare `__proto__`, and none does; a file may have it.
const names = ['a', 'b', 'constructor'] as const;
const keys = [...names, '__proto__'] as const;
const texts = [
  '',
  'a',
  'ab',
  '😀',
  '😀😀',
  '10s',
  '5MiB',
  'https://a.example',
  'https://',
  'a@example.com',
  'true',
] as const;
const numbers = [0, -0, 1, 2, 1.5, -1, NaN, Infinity] as const;

const limit = fc.integer({ min: 0, max: 2 });

/** Schemas of every keyword, in every combination. */
const { schema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 1, withCrossShrink: true },
    fc.constant({ type: 'boolean' } as const),
    fc.constant({ json: true } as const),
    fc.record(
      { type: fc.constantFrom('integer', 'number'), minimum: limit, maximum: limit },
      { requiredKeys: ['type'] },
    ),
    fc.record(
      {
        type: fc.constant('string'),
        enum: fc.uniqueArray(fc.constantFrom(...texts), { minLength: 1, maxLength: 4 }),
        format: fc.constantFrom('duration', 'size', 'url', 'email', 'cel', 're2'),
        pattern: fc.constantFrom('^[a-z]*$', '^.$'),
        minLength: limit,
        maxLength: limit,
      },
      { requiredKeys: ['type'] },
    ),
    fc.record(
      { type: fc.constant('array'), items: tie('schema'), minItems: limit, maxItems: limit },
      { requiredKeys: ['type', 'items'] },
    ),
    fc.dictionary(fc.constantFrom(...names), tie('schema')).chain((properties) =>
      fc.record(
        {
          type: fc.constant('object'),
          properties: fc.constant(properties),
          required: fc.subarray(Object.keys(properties)),
          additionalProperties: tie('schema'),
          minProperties: limit,
        },
        { requiredKeys: ['type', 'properties'] },
      ),
    ),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
  ),
}));

const scalars = fc.constantFrom<unknown>(null, true, ...numbers, ...texts);

/** Values that have a chance to fit: the likeliest mistakes are one in a value that is right otherwise. */
function near(one: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: meant(one) }, { weight: 1, arbitrary: anything });
}

const anything = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom(...keys), scalars),
);

function meant(one: Schema): fc.Arbitrary<unknown> {
  if ('json' in one) return anything;
  if ('anyOf' in one) return fc.oneof(...one.anyOf.map(near));
  switch (one.type) {
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.constantFrom(...(one.enum ?? []), ...texts);
    case 'array':
      return fc.array(near(one.items), { maxLength: 3 });
    case 'object':
      return fc.record(
        Object.fromEntries(
          keys.flatMap((key) => {
            const inner = Object.hasOwn(one.properties, key) ? one.properties[key] : one.additionalProperties;
            return inner === undefined ? [] : [[key, near(inner)]];
          }),
        ),
        { requiredKeys: [...(one.required ?? [])] },
      );
    default:
      return fc.constantFrom(...numbers);
  }
}

test('a value fits its schema where Ajv finds nothing wrong with it, and nowhere else', () => {
  const answers = { yes: 0, no: 0 };
  fc.assert(
    fc.property(
      schema.chain((one) => fc.tuple(fc.constant(one), fc.array(near(one), { minLength: 10, maxLength: 10 }))),
      ([one, values]) => {
        for (const value of values) {
          const found = mismatches(one, value);
          answers[found.length === 0 ? 'yes' : 'no'] += 1;
          assert.equal(fitsWholly(one, value), found.length === 0, JSON.stringify({ value, found }));
        }
      },
    ),
    { seed: 11, numRuns: 500 },
  );
  assert(answers.yes > 500 && answers.no > 500, JSON.stringify(answers));
});

test('Ajv takes the schemas of all sections and kinds', () => {
  const schemas = [
    ...Object.values(sectionSchemas),
    ...[redactSchema, includeSchema, ruleSchema, silencesSchema],
    ...kinds.sources.map(sourceSchema),
    ...kinds.destinations.map(destinationSchema),
  ];
  for (const one of schemas) assert.equal(mismatches(one, null).length, 1);
});
