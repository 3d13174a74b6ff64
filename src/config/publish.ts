import type { Schema } from '../core/schema.ts';
import { batchSchema, retrySchema, tlsSchema } from './common.ts';
import type { Kinds } from './config.ts';
import { includeSchema } from './include.ts';
import { redactSchema } from '../redact/options.ts';
import { fieldsOption } from '../redact/view/options.ts';
import { rulesSchema } from '../rules/config.ts';
import { silencesSchema } from '../rules/silence.ts';
import { destinationSchema, nameRule, sectionSchemas, sourceSchema } from './schema.ts';

/**
 * The JSON Schema of the whole file for editors, as draft 7, which all of them know. It is wider than the check of
 * herald itself in one respect: `${env:…}` and `${file:…}` may stand for any value.
 */
export function configSchema(kinds: Kinds): object {
  const { instance, authentik_url, journal, server, log } = sectionSchemas;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'herald configuration',
    type: 'object',
    required: ['sources'],
    additionalProperties: false,
    properties: {
      instance: published(instance),
      authentik_url: published(authentik_url),
      sources: {
        type: 'array',
        description: 'Where events are read from. At least one.',
        minItems: 1,
        items: byType(kinds.sources.map(sourceSchema)),
      },
      redact: published(redactSchema),
      journal: published(journal),
      include: published(includeSchema),
      rules: published(rulesSchema),
      silences: published(silencesSchema),
      destinations: {
        type: 'object',
        description: 'Where notifications go, by name.',
        propertyNames: nameRule,
        additionalProperties: byType(kinds.destinations.map(destinationSchema)),
      },
      server: published(server),
      log: published(log),
    },
    definitions: {
      reference: {
        type: 'string',
        pattern: String.raw`\$\{(env|file):[^}]+\}`,
        description: 'Filled in from the environment (`${env:NAME}`) or a file (`${file:/path}`).',
      },
      ...Object.fromEntries([...shared].map(([schema, name]) => [name, structure(schema)])),
    },
  };
}

/** Written once instead of once a destination. */
const shared: ReadonlyMap<Schema, string> = new Map<Schema, string>([
  [fieldsOption, 'fields'],
  [retrySchema, 'retry'],
  [batchSchema, 'batch'],
  [tlsSchema, 'tls'],
]);

const reference = { $ref: '#/definitions/reference' };

/** Editors pick the branch by its `type`. */
function byType(schemas: readonly Schema[]): object {
  return { type: 'object', required: ['type'], oneOf: schemas.map(published) };
}

function published(schema: Schema): object {
  const name = shared.get(schema);
  return name === undefined ? structure(schema) : { $ref: `#/definitions/${name}` };
}

function structure(schema: Schema): object {
  const { description } = schema;
  const described = description === undefined ? {} : { description };
  if ('json' in schema) return described;
  if ('anyOf' in schema) return { ...described, anyOf: schema.anyOf.map(published) };
  switch (schema.type) {
    case 'array':
      return { ...schema, items: published(schema.items) };
    case 'object':
      return {
        ...schema,
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, inner]) => [name, published(inner)]),
        ),
        additionalProperties:
          schema.additionalProperties === undefined ? false : published(schema.additionalProperties),
      };
    case 'string':
      return { ...described, ...text(schema) };
    default: {
      const { description: _, default: preset, ...rest } = schema;
      return { ...described, ...(preset !== undefined && { default: preset }), anyOf: [rest, reference] };
    }
  }
}

/** Our own formats as patterns: `format: duration` means another thing to editors. */
function text(schema: Extract<Schema, { type: 'string' }>): object {
  const { description: _, secret, format, pattern, enum: choices, minLength, maxLength, ...rest } = schema;
  const expected = pattern ?? patterns.get(format ?? '');
  const annotated = { ...rest, ...(secret === true && { writeOnly: true }) };
  if (choices !== undefined) {
    const { type, ...others } = annotated;
    // One name (a component's `type`) tells the branches apart and is never filled in.
    return choices.length === 1
      ? { type, const: choices[0] }
      : { ...others, anyOf: [{ type, enum: choices }, reference] };
  }
  return {
    ...annotated,
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(expected !== undefined && { pattern: String.raw`${expected}|\$\{(env|file):` }),
    ...(format === 'size' && { type: ['string', 'integer'] }),
  };
}

const patterns: ReadonlyMap<string, string> = new Map([
  ['duration', String.raw`^(\d+(\.\d+)?(ms|[smhdw]))+$|^\s*[a-z]+=\d`],
  ['size', String.raw`^\d+(\.\d+)?\s*(B|[KMG]iB|[kMG]B)?$`],
  ['url', '^[Hh][Tt][Tt][Pp][Ss]?://'],
  ['email', '^[^@]+@[^@]+$'],
]);
