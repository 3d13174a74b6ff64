import type { ObjectSchema } from '../../core/schema.ts';
import { baseUrl, urlProblems } from '../batch/base-url.ts';
import { batchOptions, createBatchDestination } from '../batch/batch-destination.ts';
import { authorizationOf, credentialOptions, credentialProblems } from '../credentials.ts';
import { staticHeaderProblems } from '../batch/static-headers.ts';
import { defineDestination } from '../destination.ts';
import { eventText, jsonFormatOption } from '../format.ts';
import { createProtobuf, json } from './encoding.ts';
import { guide } from './guide.ts';
import { recordOf, resourceWriter } from './record.ts';
import { classifyExport } from './reply.ts';
import { setup } from './setup.ts';

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      description: 'Address of the receiver; `/v1/logs` is added to it: `http://otel-collector:4318`.',
    },
    ...credentialOptions,
    encoding: {
      type: 'string',
      enum: ['json', 'protobuf'],
      default: 'protobuf',
      description: 'How requests are written. Every receiver knows protobuf, most know JSON.',
    },
    resource: {
      type: 'object',
      properties: {},
      additionalProperties: { type: 'string', minLength: 1 },
      default: {},
      description:
        'Attributes of the resource, beside `service.name: authentik`: `deployment.environment.name: production`.',
    },
    format: { ...jsonFormatOption, description: `The body of a record. ${jsonFormatOption.description}` },
    ...batchOptions,
  },
  required: ['url'],
} as const satisfies ObjectSchema;

/** Receivers must take 64 MiB, but gateways before them seldom do. */
const requestBytesMax = 4_000_000;
const itemBytesMax = 1_000_000;

/** Whatever takes logs by OpenTelemetry's protocol. */
export const otlp = defineDestination({
  type: 'otlp',
  summary: 'OpenTelemetry logs, OTLP over HTTP',
  schema,
  guide,
  example: {
    url: 'https://otlp.example.com',
    headers: { 'x-api-key': 'f2b7c1e09a' },
    resource: { 'deployment.environment.name': 'production' },
  },
  policy: ({ concurrency }) => ({
    items: 2000,
    bytes: 1_000_000,
    waitMs: 1000,
    maxAgeMs: undefined,
    concurrency,
    digest: 1,
  }),
  check: (config) => [
    ...urlProblems(config.url, '`username` and `password`'),
    ...credentialProblems(config),
    ...staticHeaderProblems(config.headers, authorizationOf(config) === undefined ? [] : ['authorization']),
  ],
  setup,

  create(config, deps) {
    const encoding = config.encoding === 'json' ? json : createProtobuf();
    const authorization = authorizationOf(config);
    const headers = {
      'content-type': encoding.contentType,
      ...(authorization !== undefined && { authorization }),
    };
    const resource = resourceWriter({ 'service.name': 'authentik', ...config.resource });
    const url = `${baseUrl(config.url, /\/v1\/logs\/?$/)}/v1/logs`;
    return createBatchDestination(deps, config, {
      limits: { bytes: requestBytesMax, itemBytes: itemBytesMax, itemOverheadBytes: 1000 },
      replyEncoding: 'latin1',
      item: (delivery) => {
        const record = recordOf(delivery, eventText(config.format, delivery, deps), deps.clock.now());
        return { ...encoding.record(record), resource: resource(delivery.event.origin) };
      },
      body: (items) => encoding.request(items),
      async exchange({ post, items, nowMs }) {
        return classifyExport(await post(url, headers), nowMs, items.length);
      },
    });
  },
});
