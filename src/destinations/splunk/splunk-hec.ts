import type { ObjectSchema } from '../../core/schema.ts';
import { clampMs } from '../../render/formats/time.ts';
import { baseUrl, urlProblems } from '../batch/base-url.ts';
import { batchOptions, createBatchDestination } from '../batch/batch-destination.ts';
import { guidOf } from '../batch/guid.ts';
import { createItem, joinItems } from '../item.ts';
import { staticHeaderProblems } from '../batch/static-headers.ts';
import { defineDestination } from '../destination.ts';
import { eventPieces, eventTimeMs, jsonFormatOption } from '../format.ts';
import { acknowledged } from './ack.ts';
import { guide } from './guide.ts';
import { ackIdOf, classifyHec } from './reply.ts';
import { setup, sourcetypeOf } from './setup.ts';

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      description: 'Address of the HTTP Event Collector, without a path: `https://splunk.example.com:8088`.',
    },
    token: { type: 'string', secret: true, minLength: 1, description: 'Token of the HTTP Event Collector.' },
    index: { type: 'string', minLength: 1, description: 'Index to write to. Default: that of the token.' },
    source: { type: 'string', minLength: 1, default: 'authentik', description: '`source` of the events.' },
    sourcetype: {
      type: 'string',
      minLength: 1,
      description: '`sourcetype` of the events. Default: `authentik:event`, or `authentik:` and the format.',
    },
    host: { type: 'string', minLength: 1, description: '`host` of the events. Default: the name of this herald.' },
    format: jsonFormatOption,
    ack: {
      type: 'boolean',
      default: false,
      description:
        'Wait until the indexers have the events on disk. Needs a token with indexer acknowledgement, and is slower.',
    },
    ack_wait: {
      type: 'string',
      format: 'duration',
      default: '2m',
      description: 'With `ack`: how long to wait before the events are sent again.',
    },
    ...batchOptions,
  },
  required: ['url', 'token'],
} as const satisfies ObjectSchema;

/** Splunk Cloud takes 1 MB in a request. */
const requestBytesMax = 1_000_000;

/** Splunk's HTTP Event Collector. */
export const splunkHec = defineDestination({
  type: 'splunk_hec',
  summary: 'Splunk, HTTP Event Collector',
  schema,
  guide,
  example: {
    url: 'https://splunk.example.com:8088',
    token: '7f3b1c2e-5d94-4a86-9b0f-1e2d3c4b5a69',
    index: 'authentik',
  },
  policy: ({ concurrency }) => ({
    items: 2000,
    bytes: 900_000,
    waitMs: 1000,
    maxAgeMs: undefined,
    concurrency,
    digest: 1,
  }),
  check: ({ url, headers }) => [
    ...urlProblems(url, '`token`'),
    ...staticHeaderProblems(headers, ['authorization', channelHeader]),
  ],
  setup,

  create(config, deps) {
    const base = baseUrl(config.url, /\/services\/collector(?:\/event|\/raw)?\/?$/);
    // Splunk wants one of each client's own; the same after every restart.
    const channel = guidOf([deps.instance, deps.name]);
    const headers = {
      'content-type': 'application/json',
      authorization: `Splunk ${config.token.reveal()}`,
      ...(config.ack && { [channelHeader]: channel }),
    };
    const meta = JSON.stringify({
      host: config.host ?? deps.instance,
      source: config.source,
      sourcetype: config.sourcetype ?? sourcetypeOf(config.format),
      ...(config.index !== undefined && { index: config.index }),
    });
    const between = `,${meta.slice(1, -1)},"event":`;
    return createBatchDestination(deps, config, {
      limits: { bytes: requestBytesMax, itemBytes: requestBytesMax - 1000 },
      item: (delivery) => {
        const seconds = (clampMs(eventTimeMs(delivery)) / 1000).toFixed(3);
        return createItem([`{"time":${seconds}${between}`, ...eventPieces(config.format, delivery, deps), '}']);
      },
      body: (items) => joinItems(items, '', '\n', ''),
      async exchange(exchange) {
        const reply = await exchange.post(`${base}/services/collector/event`, headers);
        const result = classifyHec(reply, exchange.nowMs, exchange.items.length);
        if (!config.ack || result.status !== 'delivered' || reply.kind === 'failure') return result;
        const id = ackIdOf(reply);
        if (id === undefined) return { status: 'delivered', detail: 'the token does not acknowledge: remove `ack`' };
        const url = `${base}/services/collector/ack?channel=${channel}`;
        return acknowledged(id, { exchange, url, headers, waitMs: config.ack_wait, clock: deps.clock });
      },
    });
  },
});

const channelHeader = 'x-splunk-request-channel';
