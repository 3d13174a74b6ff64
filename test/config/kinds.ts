import type { Kinds, Surroundings } from '../../src/config/config.ts';
import { defineDestination } from '../../src/destinations/destination.ts';
import { defineSource } from '../../src/sources/source.ts';

const idle = { run: () => Promise.resolve() };
const deaf = { send: () => Promise.resolve({ status: 'delivered' } as const), close: () => Promise.resolve() };
const policy = () => ({ items: 1, bytes: 1000, waitMs: 0, maxAgeMs: undefined, digest: 1 });

const guide = { notes: [], order: '', idempotency: '', limits: [], failures: [] };

const tail = defineSource({
  type: 'tail',
  summary: 'Files',
  schema: {
    type: 'object',
    required: ['paths'],
    properties: {
      paths: { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
      start_at: { type: 'string', enum: ['end', 'beginning'], default: 'end' },
      max_line: { type: 'string', format: 'size', default: '4MiB' },
    },
  },
  example: { paths: ['/var/log/a.log'] },
  create: () => idle,
});

const pipe = defineSource({
  type: 'pipe',
  summary: 'Standard input',
  schema: { type: 'object', properties: {} },
  example: {},
  create: () => idle,
});

const hook = defineDestination({
  type: 'hook',
  summary: 'Posts JSON',
  schema: {
    type: 'object',
    required: ['url'],
    properties: {
      url: { type: 'string', format: 'url', secret: true },
      gzip: { type: 'boolean', default: false },
      level: { type: 'integer', minimum: 1, maximum: 9, default: 6 },
      body: { json: true },
      headers: { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
      every: { type: 'string', format: 'duration' },
    },
  },
  example: { url: '${env:HOOK_URL}' },
  guide,
  policy: () => ({ ...policy(), items: 100 }),
  check: (config) =>
    config.body === 'broken' ? [{ path: ['body'], message: `no such name in ${config.url.reveal()}` }] : [],
  create: () => deaf,
});

const mail = defineDestination({
  type: 'mail',
  summary: 'Sends mail',
  schema: {
    type: 'object',
    required: ['host', 'to'],
    properties: {
      host: { type: 'string', minLength: 1 },
      port: { type: 'integer', minimum: 1, maximum: 65_535, default: 587 },
      tls: { type: 'string', enum: ['starttls', 'implicit', 'none'], default: 'starttls' },
      password: { type: 'string', secret: true },
      to: {
        anyOf: [
          { type: 'string', format: 'email' },
          { type: 'array', minItems: 1, items: { type: 'string', format: 'email' } },
        ],
      },
    },
  },
  example: { host: 'mail.example.com', to: ['ada@example.com'] },
  guide,
  policy,
  create: () => deaf,
});

const print = defineDestination({
  type: 'print',
  summary: 'Prints',
  schema: { type: 'object', properties: {} },
  example: {},
  guide,
  ignores: ['proxy'],
  policy,
  create: () => deaf,
});

/** A registry with one of every sort of option. */
export const kinds: Kinds = {
  sources: [tail, pipe],
  destinations: [hook, mail, print],
};

/** An environment with some variables and files. */
export function surroundings(
  env: { readonly [name: string]: string } = {},
  files: { readonly [path: string]: string } = {},
): Surroundings {
  return {
    env,
    hostname: 'node-7',
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('no'), { code: 'ENOENT' });
      return text;
    },
  };
}
