import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Schema } from '../core/schema.ts';
import { explain, knownKeys, schemaOf } from './explain.ts';
import { fitsWholly } from './fit.ts';
import { formats } from './formats.ts';
import { suggest } from '../core/suggest.ts';
import type { Mismatch } from './mismatch.ts';

/**
 * Compares a value with its schema; everything that does not fit comes at once. Where all is well, as at nearly every start, Ajv
 * is not asked, nor its code for the schema made.
 */
export function validate(schema: Schema, value: unknown): readonly Mismatch[] {
  return fitsWholly(schema, value) ? [] : mismatches(schema, value);
}

/** What Ajv finds. Remembers the compiled schema. */
export function mismatches(schema: Schema, value: unknown): readonly Mismatch[] {
  const run = compiled.get(schema) ?? ajv.compile(closed(schema));
  compiled.set(schema, run);
  run(value);
  return withoutEchoes(chosenBranches(run.errors ?? [])).map((error) => explain(error, value));
}

const compiled = new WeakMap<Schema, ValidateFunction>();

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  strict: true,
  strictTypes: false,
  ownProperties: true,
  logger: false,
  // Our schemas are typed values; checking them against the meta-schema and optimising code that runs once would be half of the start.
  meta: false,
  validateSchema: false,
  code: { optimize: false },
  formats: Object.fromEntries(formats),
  keywords: ['secret', 'json'],
});

/** The schema as Ajv wants it: objects refuse the keys that they do not declare. */
function closed(schema: Schema): object {
  if ('anyOf' in schema) return { ...schema, anyOf: schema.anyOf.map(closed) };
  if ('json' in schema) return schema;
  if (schema.type === 'array') return { ...schema, items: closed(schema.items) };
  if (schema.type !== 'object') return schema;
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, closed(inner)])),
    additionalProperties: schema.additionalProperties === undefined ? false : closed(schema.additionalProperties),
  };
}

/**
 * Of an `anyOf` that fails, keeps the errors of the branch whose type the value has, for that is what the user meant;
 * where no branch has it, keeps one error that names them all.
 */
function chosenBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let kept = [...errors];
  // Outer ones first, so that an inner choice inside a branch that was not meant is gone before it is made.
  for (const choice of errors.filter(({ keyword }) => keyword === 'anyOf').sort(bySchemaDepth)) {
    if (!kept.includes(choice)) continue;
    const branchOf = ({ instancePath, schemaPath }: ErrorObject): string | undefined =>
      schemaPath.startsWith(`${choice.schemaPath}/`) && `${instancePath}/`.startsWith(`${choice.instancePath}/`)
        ? schemaPath.slice(choice.schemaPath.length + 1).split('/')[0]
        : undefined;
    const wrongType = new Set(
      kept.filter((e) => e.keyword === 'type' && e.instancePath === choice.instancePath).map(branchOf),
    );
    const branches = new Set(kept.map(branchOf).filter((branch) => branch !== undefined));
    const meant = [...branches].find((branch) => !wrongType.has(branch));
    kept = kept.filter((error) => {
      if (error === choice) return meant === undefined;
      const branch = branchOf(error);
      return branch === undefined || branch === meant;
    });
  }
  return kept;
}

/** `uri` for `url` is one mistake: the key is unknown, and that `url` is missing needs no second line. */
function withoutEchoes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const misspelled = new Set(
    errors
      .filter(({ keyword }) => keyword === 'additionalProperties')
      .map((error) => {
        const meant = suggest(String(error.params['additionalProperty']), knownKeys(schemaOf(error)));
        return `${error.instancePath}/${meant ?? ''}`;
      }),
  );
  return errors.filter(
    ({ keyword, instancePath, params }) =>
      keyword !== 'required' || !misspelled.has(`${instancePath}/${String(params['missingProperty'])}`),
  );
}

function bySchemaDepth(a: ErrorObject, b: ErrorObject): number {
  return a.schemaPath.length - b.schemaPath.length;
}
