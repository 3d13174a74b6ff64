import type { Infer, Schema } from '../core/schema.ts';
import { severities } from '../core/delivery.ts';
import { overTimeProperties } from './over-time/config.ts';
import { policiesSchema } from './policy-config.ts';
import { testsSchema } from './test-config.ts';

/** One rule as the user writes it. */
export const ruleSchema = {
  type: 'object',
  required: ['name', 'destinations'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 100, description: 'Unique.' },
    description: { type: 'string', minLength: 1, maxLength: 2000, description: 'What the rule is for.' },
    runbook: {
      type: 'string',
      minLength: 1,
      maxLength: 2000,
      description: 'What to do when it fires; shown with its messages.',
    },
    attack: {
      type: 'array',
      items: { type: 'string', pattern: String.raw`^T\d{4}(?:\.\d{3})?$` },
      default: [],
      description: 'MITRE ATT&CK techniques, as T1110.003.',
    },
    enabled: { type: 'boolean', default: true },
    severity: { type: 'string', enum: severities, default: 'notice' },
    mode: {
      type: 'string',
      enum: ['any', 'all'],
      default: 'any',
      description: 'How many of the enabled policies must pass. A rule without one never fires.',
    },
    policies: policiesSchema,
    ...overTimeProperties,
    destinations: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
    policy_uuids: {
      type: 'array',
      items: { type: 'string', pattern: '^[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}$' },
      default: [],
      description:
        "authentik's policies that this rule was imported from. No rule fires for an event that one of them caused.",
    },
    tests: testsSchema,
  },
} as const satisfies Schema;

/** The `rules` list of the configuration. */
export const rulesSchema = { type: 'array', items: ruleSchema, default: [] } as const satisfies Schema;

export type RuleConfig = Infer<typeof ruleSchema>;
