import type { Infer, ObjectSchema, Schema } from '../../core/schema.ts';

const fieldsSchema = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 200 },
} as const satisfies Schema;

/** `redact.pseudonymize`: keys, and what every destination gets pseudonyms of unless it says otherwise. */
export const pseudonymizeSchema = {
  type: 'object',
  description:
    'Pseudonyms instead of names and addresses, for every destination without `fields` of its own except `local`. The journal keeps the real values.',
  required: ['key'],
  properties: {
    fields: {
      ...fieldsSchema,
      default: [],
      description: '`user.username`, `user.email`, `client_ip`, or a text of the context: `context.department`.',
    },
    key: {
      type: 'string',
      secret: true,
      description: '32 bytes or more, as hexadecimal digits or Base64: `openssl rand -hex 32` makes one.',
    },
    previous: {
      type: 'array',
      maxItems: 8,
      default: [],
      description: 'Keys that were used before. `herald reveal` still knows their pseudonyms.',
      items: {
        type: 'object',
        required: ['key'],
        properties: {
          key: { type: 'string', secret: true, description: 'As it was.' },
          until: {
            type: 'string',
            minLength: 1,
            examples: ['2026-12-01T00:00:00Z'],
            description:
              'Overlap: events before this time carry `context.pseudonyms`, which says what each new pseudonym was by this key.',
          },
        },
      },
    },
    addresses: {
      type: 'string',
      enum: ['whole', 'network'],
      default: 'whole',
      description: '`network` gives all addresses of a /24 (IPv6: /48) the same pseudonym.',
    },
  },
} as const satisfies ObjectSchema;

/** The section as loaded. */
export type PseudonymizeConfig = Infer<typeof pseudonymizeSchema>;

/** `fields` of a destination: what of an event it sees. */
export const fieldsOption = {
  description:
    'What of an event this destination sees, in every format and text. `all`: everything, also where `redact.pseudonymize` is set. A list is short for `allow`. docs/privacy.md explains the others.',
  anyOf: [
    { type: 'string', enum: ['all'] },
    { ...fieldsSchema, minItems: 1 },
    {
      type: 'object',
      minProperties: 1,
      properties: {
        allow: {
          ...fieldsSchema,
          minItems: 1,
          description:
            'Only these: `user.username`, `client_ip`, `http`, `context.reason` … Id, time and action are always there.',
        },
        deny: { ...fieldsSchema, minItems: 1, description: 'All that authentik is known to write, but not these.' },
        context: {
          type: 'array',
          items: { type: 'string', minLength: 1, maxLength: 200 },
          description:
            'Keys of `context` that are shown although authentik is not known to write them: those of your own events.',
        },
        pseudonymize: {
          ...fieldsSchema,
          description: 'Instead of `redact.pseudonymize.fields`. An empty list: none.',
        },
        truncate: {
          ...fieldsSchema,
          description: '`client_ip`: addresses are shown as their network, 203.0.113.0/24 or 2001:db8:1::/48.',
        },
      },
    },
  ],
} as const satisfies Schema;

/** The option as loaded. */
export type FieldsConfig = Infer<typeof fieldsOption>;

/** How the values of one identity are shown. */
export type Showing = 'whole' | 'pseudonym' | 'network' | 'hidden';

/** What a view does, checked: paths are lists of keys of the event as it is stored. */
export interface ViewOptions {
  readonly name: Showing;
  readonly mail: Showing;
  readonly address: Showing;
  /** Texts of the context that get pseudonyms. */
  readonly values: readonly (readonly string[])[];
  /** Undefined: everything. */
  readonly select: Selection | undefined;
  /** What pseudonyms of addresses are made of. */
  readonly addressKind: 'address' | 'network';
}

/** Which parts of an event are shown. Of the context nothing is that is neither known nor named in `context`. */
export interface Selection {
  readonly allow: readonly (readonly string[])[] | undefined;
  readonly deny: readonly (readonly string[])[];
  readonly context: readonly string[];
}
