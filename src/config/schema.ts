import type { ObjectSchema, Schema, StringSchema } from '../core/schema.ts';
import type { DestinationKind } from '../destinations/destination.ts';
import type { SourceKind } from '../sources/source.ts';
import { commonSchema, tlsWithMode } from './common.ts';

/** The sections of the file that are no lists of components, in the order of the documentation. */
export const sectionSchemas = {
  instance: {
    type: 'string',
    minLength: 1,
    maxLength: 253,
    description: 'Names this copy of herald in ids, logs and payloads. Default: the host name.',
  },
  authentik_url: {
    type: 'string',
    format: 'url',
    description: "authentik's own address. Makes links to the user, the application and the event in messages.",
  },
  journal: {
    type: 'object',
    description: 'Where events and deliveries are kept until they are old.',
    default: {},
    properties: {
      path: {
        type: 'string',
        minLength: 1,
        default: './herald-data',
        description: 'The folder. Only one herald can use it at a time.',
      },
      retention: {
        type: 'string',
        format: 'duration',
        default: 'days=1',
        description: 'How long events stay searchable. What is not delivered yet stays longer.',
      },
      max_size: { type: 'string', format: 'size', default: '256MiB', description: 'Most bytes on disk.' },
      when_full: {
        type: 'string',
        enum: ['block', 'drop_oldest'],
        default: 'block',
        description:
          '`block` stops reading until there is room; `drop_oldest` gives up the oldest undelivered events and counts them.',
      },
      encryption: {
        type: 'object',
        description:
          'Encrypts what the journal keeps of events on disk (AES-256-GCM). A new key counts from the next start; what is there already gets it while herald runs. Without this section nothing is encrypted.',
        properties: {
          key: {
            type: 'string',
            minLength: 1,
            secret: true,
            description:
              '32 random bytes in base64 or hexadecimal: `openssl rand -base64 32`. Without it, `previous` are used to bring everything back to plain text.',
          },
          previous: {
            type: 'array',
            items: { type: 'string', minLength: 1, secret: true },
            default: [],
            maxItems: 8,
            description:
              'Keys that were `key` before. Each is needed until the log says that the journal is encrypted anew.',
          },
        },
      },
    },
  },
  server: {
    type: 'object',
    description: 'The HTTP server with `/livez`, `/readyz` and `/metrics`.',
    default: {},
    properties: {
      listen: {
        type: 'string',
        minLength: 1,
        default: '127.0.0.1:9380',
        description: 'Address and port, or `off`. Anything but loopback needs a token.',
      },
      token: {
        type: 'string',
        minLength: 8,
        secret: true,
        description:
          'What clients send as `Authorization: Bearer …`. With it, `/metrics` wants it, and `/readyz` without it is its status alone; `/livez` stays open.',
      },
    },
  },
  log: {
    type: 'object',
    description: "herald's own log: JSON lines on standard error.",
    default: {},
    properties: {
      level: {
        type: 'string',
        enum: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
        default: 'info',
        description: 'Least severity that is written.',
      },
    },
  },
} as const satisfies { readonly [section: string]: Schema };

/** Every top-level key, in the order of the documentation. */
export const sectionNames: readonly string[] = [
  'instance',
  'authentik_url',
  'sources',
  'redact',
  'journal',
  'include',
  'rules',
  'silences',
  'destinations',
  'server',
  'log',
];

/** What names are like: fit for a metric label and a terminal. */
export const nameRule = { minLength: 1, maxLength: 64, pattern: String.raw`^[^\u0000-\u001f\u007f]*$` } as const;

/** `name` of a source. */
export const nameSchema = {
  type: 'string',
  ...nameRule,
  description: 'Names the source in logs, metrics and checkpoints; unique. Default: the type.',
} as const satisfies StringSchema;

/** One entry of `sources`: the kind's own options, `type` and `name`. */
export function sourceSchema(kind: SourceKind): ObjectSchema {
  return remembered(kind, () => entrySchema(kind, { name: nameSchema }));
}

/** One entry of `destinations`: the kind's own options, `type` and the common ones. */
export function destinationSchema(kind: DestinationKind): ObjectSchema {
  const mode = tlsMode(kind);
  const common = commonSchema.properties;
  const tls: Schema =
    mode === undefined
      ? common.tls
      : { ...(mode.description !== undefined && { description: mode.description }), anyOf: [mode, tlsWithMode(mode)] };
  const ignored = new Set<string>(kind.ignores);
  const heeded = Object.entries({ ...common, tls }).filter(([name]) => !ignored.has(name));
  return remembered(kind, () => entrySchema(kind, Object.fromEntries(heeded)));
}

// One object per kind, so that it is compiled once however often a configuration is loaded.
const entries = new WeakMap<object, ObjectSchema>();

function remembered(kind: object, make: () => ObjectSchema): ObjectSchema {
  const schema = entries.get(kind) ?? make();
  entries.set(kind, schema);
  return schema;
}

/** The kind's own `tls`, when it has a mode of that name (`starttls`). */
export function tlsMode(kind: DestinationKind): StringSchema | undefined {
  const own = Object.hasOwn(kind.schema.properties, 'tls') ? kind.schema.properties['tls'] : undefined;
  return own !== undefined && 'type' in own && own.type === 'string' ? own : undefined;
}

function entrySchema(
  kind: { readonly type: string; readonly summary: string; readonly schema: ObjectSchema },
  common: { readonly [name: string]: Schema },
): ObjectSchema {
  return {
    ...kind.schema,
    description: kind.summary,
    properties: { type: { type: 'string', enum: [kind.type] }, ...kind.schema.properties, ...common },
    required: ['type', ...(kind.schema.required ?? [])],
  };
}
