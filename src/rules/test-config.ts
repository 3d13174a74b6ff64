import type { Infer, Schema } from '../core/schema.ts';
import { severities } from '../core/delivery.ts';

const eventSchema = {
  type: 'object',
  description:
    "An event, written as in authentik's log, or a file of log lines. {n} in a text is the number of the repetition.",
  properties: {
    file: {
      type: 'string',
      minLength: 1,
      description: 'Log lines; the path starts at the folder of the configuration.',
    },
    after: { type: 'string', format: 'duration', default: '0s', description: 'Since the event before.' },
    repeat: { type: 'integer', minimum: 1, maximum: 100_000, default: 1 },
    every: { type: 'string', format: 'duration', default: '1s', description: 'Between repetitions.' },
    line: { type: 'boolean', default: false, description: 'A line that is no event, as that of a health check.' },
    action: { type: 'string', minLength: 1 },
    client_ip: { type: 'string', minLength: 1 },
    user: { json: true, description: 'username, email, pk.' },
    context: { json: true, description: 'As authentik writes it: http_request, geo, model …' },
  },
} as const satisfies Schema;

const testSchema = {
  type: 'object',
  required: ['name', 'events'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 200 },
    events: { type: 'array', minItems: 1, items: eventSchema },
    start: {
      type: 'string',
      minLength: 1,
      default: '2026-01-15T09:00:00Z',
      description: 'When the first event happens.',
    },
    wait: {
      type: 'string',
      format: 'duration',
      default: '1d',
      description: 'How long to wait after the last event for what is told later.',
    },
    fires: { type: 'integer', minimum: 0, description: 'How many messages the rule sends.' },
    held: { type: 'integer', minimum: 0, description: 'How many notifications it holds back.' },
    severity: { type: 'string', enum: severities },
    destinations: { type: 'array', items: { type: 'string', minLength: 1 } },
    title: { type: 'string', minLength: 1, description: 'Stands in the title of at least one message.' },
  },
} as const satisfies Schema;

/** `tests` of a rule, run by `herald test`. */
export const testsSchema = {
  type: 'array',
  items: testSchema,
  default: [],
  description: 'Run by `herald test` on a clock of their own.',
} as const satisfies Schema;

export type RuleTest = Infer<typeof testSchema>;
export type TestEvent = Infer<typeof eventSchema>;
