import type { Infer, Schema } from '../core/schema.ts';

const oneOrMore = {
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
  ],
} as const satisfies Schema;

/** The fields of a matcher: all that are set must match. */
export const matcherProperties = {
  action: { ...oneOrMore, description: "The event's action: login_failed, model_updated, custom_* …" },
  client_ip: { ...oneOrMore, description: 'Addresses and networks (10.0.0.0/8).' },
  app: { ...oneOrMore, description: 'The module that emitted the event, as authentik.events.signals.' },
  model: { ...oneOrMore, description: '<app>.<model_name> of the changed object, as authentik_core.user.' },
  username: { ...oneOrMore, description: 'Name of the user who acted; the real admin of an impersonation.' },
  application: { ...oneOrMore, description: 'Name or key of the application that was authorised.' },
  schema_name: { ...oneOrMore, description: "The tenant's schema." },
  query: {
    type: 'string',
    minLength: 1,
    description:
      'A query of authentik\'s event list, as user.username in ["ana", "akadmin"] and context.geo.country != "DE".',
  },
} as const satisfies { readonly [name: string]: Schema };

const policySchema = {
  type: 'object',
  description: 'Either fields that must all match, or an expression.',
  properties: {
    ...matcherProperties,
    expression: {
      type: 'string',
      format: 'cel',
      minLength: 1,
      description: 'CEL over event and now that yields a bool.',
    },
    negate: { type: 'boolean', default: false, description: 'Turns the result round, except that of a failure.' },
    failure_result: { type: 'boolean', default: false, description: 'What an evaluation error counts as.' },
    enabled: { type: 'boolean', default: true },
  },
} as const satisfies Schema;

/** The `policies` of a rule or of a step. */
export const policiesSchema = { type: 'array', items: policySchema, default: [] } as const satisfies Schema;

export type PolicyConfig = Infer<typeof policySchema>;

/** The fields of a matcher, in the order in which they are looked at. */
export const matcherFields = [
  'action',
  'client_ip',
  'app',
  'model',
  'username',
  'application',
  'schema_name',
  'query',
] as const satisfies readonly (keyof PolicyConfig)[];
export type MatcherField = (typeof matcherFields)[number];
