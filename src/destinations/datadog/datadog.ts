import type { ObjectSchema } from '../../core/schema.ts';
import { baseUrl, urlProblems } from '../batch/base-url.ts';
import { batchOptions, createBatchDestination } from '../batch/batch-destination.ts';
import { joinItems } from '../item.ts';
import { classifyBatch } from '../batch/reply.ts';
import { staticHeaderProblems } from '../batch/static-headers.ts';
import { defineDestination } from '../destination.ts';
import { jsonFormatOption } from '../format.ts';
import { guide } from './guide.ts';
import { logWriter, refuseLate } from './log.ts';
import { setup } from './setup.ts';

const schema = {
  type: 'object',
  properties: {
    api_key: { type: 'string', secret: true, minLength: 1, description: 'API key.' },
    site: {
      type: 'string',
      pattern: String.raw`^[a-z0-9-]+(?:\.[a-z0-9-]+)+$`,
      default: 'datadoghq.com',
      description: 'Site of the organization: `datadoghq.eu`, `us5.datadoghq.com`, `ap1.datadoghq.com`.',
    },
    url: {
      type: 'string',
      format: 'url',
      description: 'Address to use instead of that of the site: an Observability Pipelines worker, a private link.',
    },
    service: { type: 'string', minLength: 1, default: 'authentik', description: '`service` of the logs.' },
    hostname: {
      type: 'string',
      minLength: 1,
      description: '`hostname` of the logs. Default: the name of this herald.',
    },
    tags: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 200, pattern: String.raw`^[^,\s]+$` },
      maxItems: 90,
      default: [],
      description: 'Tags of all logs: `env:production`.',
    },
    late_events: {
      type: 'string',
      enum: ['restamp', 'dead_letter'],
      default: 'restamp',
      description:
        'What becomes of events that are older than the 18 hours which Datadog takes: sent with the present as their time (their own stays in the event), or given up.',
    },
    format: { ...jsonFormatOption, description: `The attribute \`authentik\`. ${jsonFormatOption.description}` },
    ...batchOptions,
  },
  required: ['api_key'],
} as const satisfies ObjectSchema;

const itemsMax = 1000;
/** Of Datadog's 5 MB before compression. */
const requestBytesMax = 4_900_000;
/** A longer one is truncated by Datadog, which makes it invalid JSON. */
const itemBytesMax = 1_000_000;

/** Datadog's intake of logs. */
export const datadog = defineDestination({
  type: 'datadog',
  summary: 'Datadog, logs',
  schema,
  guide,
  example: { api_key: '3f9c0e7a1b5d4826a7c9e0f1d2b3a4c5', site: 'datadoghq.eu', tags: ['env:production'] },
  policy: ({ concurrency }) => ({
    items: itemsMax,
    bytes: 1_000_000,
    waitMs: 1000,
    maxAgeMs: undefined,
    concurrency,
    digest: 1,
  }),
  check: ({ url, headers }) => [
    ...(url === undefined ? [] : urlProblems(url, '`api_key`')),
    ...staticHeaderProblems(headers, ['dd-api-key']),
  ],
  setup,

  create(config, deps) {
    const base = baseUrl(config.url ?? `https://http-intake.logs.${config.site}`, /\/api\/v2\/logs\/?$/);
    const headers = { 'content-type': 'application/json', 'dd-api-key': config.api_key.reveal() };
    return createBatchDestination(deps, config, {
      limits: { items: itemsMax, bytes: requestBytesMax, itemBytes: itemBytesMax },
      item: logWriter(config, deps),
      ...(config.late_events === 'dead_letter' && { refuse: (delivery) => refuseLate(delivery, deps.clock.now()) }),
      body: (items) => joinItems(items, '[', ',', ']'),
      async exchange({ post, items, nowMs }) {
        const reply = await post(`${base}/api/v2/logs`, headers);
        const taken = reply.kind === 'reply' && (reply.status === 202 || reply.status === 200);
        return taken ? { status: 'delivered' } : classifyBatch(reply, nowMs, items.length);
      },
    });
  },
});
