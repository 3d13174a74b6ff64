import type { Infer, Schema } from '../core/schema.ts';
import { severities } from '../core/delivery.ts';

const oneOrMore = {
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
  ],
} as const satisfies Schema;

const policySchema = {
  type: 'object',
  description: 'Either fields that must all match, or an expression.',
  properties: {
    action: { ...oneOrMore, description: "The event's action: login_failed, model_updated, custom_* …" },
    client_ip: { ...oneOrMore, description: 'Addresses and networks (10.0.0.0/8).' },
    app: { ...oneOrMore, description: 'The module that emitted the event, as authentik.events.signals.' },
    model: { ...oneOrMore, description: '<app>.<model_name> of the changed object, as authentik_core.user.' },
    username: { ...oneOrMore, description: 'Name of the user who acted; the real admin of an impersonation.' },
    application: { ...oneOrMore, description: 'Name or key of the application that was authorised.' },
    schema_name: { ...oneOrMore, description: "The tenant's schema." },
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

/** One rule as the user writes it. */
export const ruleSchema = {
  type: 'object',
  required: ['name', 'destinations'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 100, description: 'Unique.' },
    enabled: { type: 'boolean', default: true },
    severity: { type: 'string', enum: severities, default: 'notice' },
    mode: {
      type: 'string',
      enum: ['any', 'all'],
      default: 'any',
      description: 'How many of the enabled policies must pass. A rule without one never fires.',
    },
    policies: { type: 'array', items: policySchema, default: [] },
    destinations: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
    policy_uuids: {
      type: 'array',
      items: { type: 'string', pattern: '^[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}$' },
      default: [],
      description:
        "authentik's policies that this rule was imported from. No rule fires for an event that one of them caused.",
    },
  },
} as const satisfies Schema;

/** The `rules` list of the configuration. */
export const rulesSchema = { type: 'array', items: ruleSchema, default: [] } as const satisfies Schema;

export type RuleConfig = Infer<typeof ruleSchema>;
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
] as const satisfies readonly (keyof PolicyConfig)[];
export type MatcherField = (typeof matcherFields)[number];
