import type { ObjectSchema, StringSchema } from '../core/schema.ts';
import { fieldsOption } from '../redact/view/options.ts';

/** Waits between attempts and when to stop. */
export const retrySchema = {
  type: 'object',
  description: 'When a failed delivery is tried again.',
  default: {},
  properties: {
    base: {
      type: 'string',
      format: 'duration',
      default: '1s',
      description: 'Ceiling of the first wait; it doubles with every attempt.',
    },
    max: { type: 'string', format: 'duration', default: '5m', description: 'Ceiling of every later wait.' },
    max_age: {
      type: 'string',
      format: 'duration',
      description:
        'Older deliveries are given up and become dead letters. Default: 24h for chat and mail, never for the others.',
    },
  },
} as const satisfies ObjectSchema;

/** How many deliveries go out at once. */
export const batchSchema = {
  type: 'object',
  description: 'How many deliveries go out at once, where the type can send more than one. Defaults: by type.',
  properties: {
    items: { type: 'integer', minimum: 1, maximum: 10_000, description: 'Most deliveries of one request.' },
    bytes: { type: 'string', format: 'size', description: 'Most bytes of events of one request.' },
    wait: { type: 'string', format: 'duration', description: 'How long a batch that is not full waits for more.' },
  },
} as const satisfies ObjectSchema;

const tlsProperties = {
  ca: {
    type: 'string',
    minLength: 1,
    description: 'Certificates of the authorities to trust instead of the built-in ones: a PEM file, or its text.',
  },
  cert: { type: 'string', minLength: 1, description: 'Client certificate: a PEM file, or its text.' },
  key: {
    type: 'string',
    minLength: 1,
    secret: true,
    description: 'Key of the client certificate: a PEM file, or its text.',
  },
  insecure: {
    type: 'boolean',
    default: false,
    description: 'Do not check the certificate of the server. For tests only.',
  },
} as const;

/** Trust and client certificate. */
export const tlsSchema = {
  type: 'object',
  description: 'Trust and client certificate of TLS connections.',
  properties: tlsProperties,
} as const satisfies ObjectSchema;

/** The options that every destination has beside its own. */
export const commonSchema = {
  type: 'object',
  properties: {
    fields: fieldsOption,
    timeout: { type: 'string', format: 'duration', default: '10s', description: 'Longest time for one attempt.' },
    retry: retrySchema,
    batch: batchSchema,
    tls: tlsSchema,
    proxy: {
      type: 'string',
      format: 'url',
      description: 'HTTP proxy to go through, with its user and password if it needs them.',
    },
    allow_link_local: {
      type: 'boolean',
      default: false,
      description:
        'Connect even to link-local addresses (169.254.0.0/16, fe80::/10) and to the metadata services of clouds, which give credentials to whoever asks.',
    },
  },
} as const satisfies ObjectSchema;

/**
 * `tls` of a kind that has a mode of its own under that name: `tls: starttls`, or `tls: {mode: starttls, ca: …}` when
 * the common options are needed too.
 */
export function tlsWithMode(mode: StringSchema): ObjectSchema {
  const { description, ...bare } = mode;
  return {
    type: 'object',
    description: tlsSchema.description,
    properties: { mode: { ...bare, ...(description !== undefined && { description }) }, ...tlsProperties },
  };
}
