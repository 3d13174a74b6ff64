import type { Infer, Schema } from '../../core/schema.ts';
import { policiesSchema } from '../policy-config.ts';

const expression = { type: 'string', format: 'cel', minLength: 1, maxLength: 500 } as const;
const by = {
  type: 'array',
  items: expression,
  maxItems: 8,
  default: [],
  description:
    'What events are told apart by, as event.client_ip. An event without it does not count. Default: all together.',
} as const satisfies Schema;
const duration = { type: 'string', format: 'duration' } as const;

export const windowSchema = {
  type: 'object',
  description: 'So many events within a span of time. Then the count starts anew.',
  required: ['count', 'within'],
  properties: {
    count: { type: 'integer', minimum: 2, maximum: 1000 },
    within: { ...duration, description: 'In event time; events may come up to 5 minutes late.' },
    by,
    distinct: {
      ...expression,
      description: 'Counts different values of this instead of events, as event.user.username.',
    },
  },
} as const satisfies Schema;

export const sequenceSchema = {
  type: 'object',
  description: "What must have happened before, in this order. The rule's own policies are the last step.",
  required: ['steps', 'within'],
  properties: {
    steps: {
      type: 'array',
      minItems: 1,
      maxItems: 8,
      items: {
        type: 'object',
        required: ['policies'],
        properties: {
          policies: policiesSchema,
          mode: { type: 'string', enum: ['any', 'all'], default: 'any' },
          count: { type: 'integer', minimum: 1, maximum: 50, default: 1, description: 'How many such events.' },
        },
      },
    },
    within: { ...duration, description: 'From the first step to the last.' },
    by,
  },
} as const satisfies Schema;

export const newSchema = {
  type: 'object',
  description: 'A value that was not seen for this key. The first value of a key is learned and is not new.',
  required: ['value', 'by'],
  properties: {
    value: { ...expression, description: 'What may be new, as event.asn.asn.' },
    by: { ...by, minItems: 1, description: 'For whom it may be new, as event.user.username.' },
    within: { ...duration, default: '30d', description: 'A value that was not seen for so long is new again.' },
    learn: { ...duration, default: '7d', description: 'From the first event on, nothing is new for so long.' },
  },
} as const satisfies Schema;

export const travelSchema = {
  type: 'object',
  description:
    "Two events of one key whose places lie further apart than anybody travels in that time. Needs places: authentik's own GeoIP.",
  properties: {
    by: { ...by, default: ['event.user.username'], description: 'Who travels.' },
    speed: { type: 'number', minimum: 1, default: 900, description: 'In km/h; an airliner flies 900.' },
    distance: { type: 'number', minimum: 0, default: 100, description: 'In km. Shorter ones prove nothing.' },
  },
} as const satisfies Schema;

export const absenceSchema = {
  type: 'object',
  description: 'Fires when nothing comes for so long, once until something comes again.',
  required: ['for'],
  properties: {
    for: duration,
    of: {
      type: 'string',
      enum: ['events', 'lines'],
      default: 'events',
      description:
        'events: those that the policies pass. lines: whatever a source reads, so that the rule needs no policies.',
    },
  },
} as const satisfies Schema;

export const groupSchema = {
  type: 'object',
  description: 'One message for a burst, with a count and the most frequent values.',
  properties: {
    by,
    wait: { ...duration, default: '30s', description: 'From the first event to the message.' },
    interval: { ...duration, default: '5m', description: 'To the next message while more comes; then the group ends.' },
  },
} as const satisfies Schema;

export const suppressSchema = {
  type: 'object',
  description: 'After one notification, later ones are counted and told in one message at the end.',
  required: ['for'],
  properties: { for: duration, by },
} as const satisfies Schema;

export const limitSchema = {
  type: 'object',
  description:
    'At most so many notifications of the rule in a span of time. What is above is counted and told in one message at the end.',
  required: ['count', 'per'],
  properties: { count: { type: 'integer', minimum: 1, maximum: 100_000 }, per: duration },
} as const satisfies Schema;

export const activeSchema = {
  type: 'object',
  description: 'When the rule is in force. At other times it fires for nothing.',
  properties: {
    days: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [],
      description: 'mon-fri, sat. Default: every day.',
    },
    times: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [],
      description: '08:00-18:00; 22:00-06:00 goes past midnight. Default: all day.',
    },
    timezone: { type: 'string', minLength: 1, default: 'UTC', description: 'As Europe/Berlin.' },
  },
} as const satisfies Schema;

/** The parts of a rule that look at more than one event, or hold notifications back. */
export const overTimeProperties = {
  window: windowSchema,
  sequence: sequenceSchema,
  new: newSchema,
  travel: travelSchema,
  absence: absenceSchema,
  active: activeSchema,
  limit: limitSchema,
  suppress: suppressSchema,
  group: groupSchema,
} as const;

const overTimeSchema = { type: 'object', properties: overTimeProperties } as const satisfies Schema;

export type OverTimeConfig = Infer<typeof overTimeSchema>;
export type ActiveConfig = Infer<typeof activeSchema>;
export type SequenceConfig = Infer<typeof sequenceSchema>;
