import type { ObjectSchema } from '../../core/schema.ts';
import { isoMillis } from '../../render/formats/time.ts';
import { baseUrl, urlProblems } from '../batch/base-url.ts';
import { batchOptions, createBatchDestination } from '../batch/batch-destination.ts';
import { authorizationOf, credentialOptions, credentialProblems } from '../credentials.ts';
import { createItem, joinItems, type Piece } from '../item.ts';
import { staticHeaderProblems } from '../batch/static-headers.ts';
import { defineDestination } from '../destination.ts';
import { eventPieces, eventTimeMs, jsonFormatOption } from '../format.ts';
import { guide } from './guide.ts';
import { classifyBulk } from './reply.ts';
import { setup } from './setup.ts';

const targetName = String.raw`^[^-_+.\\/*?"<>|\s,#:A-Z][^\\/*?"<>|\s,#:A-Z]*$`;

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      description: 'Address of the cluster, without the path of an index: `https://elastic.example.com:9200`.',
    },
    data_stream: {
      type: 'string',
      pattern: targetName,
      maxLength: 255,
      description: 'Data stream to write to. Default, without `index`: `logs-authentik.event-default`.',
    },
    index: {
      type: 'string',
      pattern: targetName,
      maxLength: 255,
      description: 'Index or alias to write to, instead of a data stream.',
    },
    api_key: {
      type: 'string',
      secret: true,
      minLength: 1,
      description: 'API key of Elasticsearch: the `encoded` form, or `id:key`.',
    },
    ...credentialOptions,
    pipeline: { type: 'string', minLength: 1, description: 'Ingest pipeline to go through.' },
    format: { ...jsonFormatOption, default: 'ecs' },
    ...batchOptions,
  },
  required: ['url'],
} as const satisfies ObjectSchema;

/** Elasticsearch takes 100 MB in a request, hosted OpenSearch down to 10 MB; herald has no use for more than this. */
const requestBytesMax = 5_000_000;
const itemBytesMax = 1_000_000;
/** An item's answer has a status, or a reason of some hundred characters. */
const replyBytesMax = 4 * 1024 * 1024;
/** Every item keeps its status, so that answers and items can be told apart by their place. */
const replyFields = 'errors,error.type,error.reason,status,items.*.status,items.*.error.type,items.*.error.reason';

/** Elasticsearch and OpenSearch, by the bulk interface. */
export const elasticsearch = defineDestination({
  type: 'elasticsearch',
  summary: 'Elasticsearch and OpenSearch',
  schema,
  guide,
  example: {
    url: 'https://elastic.example.com:9200',
    data_stream: 'logs-authentik.event-default',
    api_key: 'VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==',
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
    ...(config.index !== undefined && config.data_stream !== undefined
      ? [{ path: ['index'], message: '`data_stream` is given too: one of them' }]
      : []),
    ...staticHeaderProblems(config.headers, authorizationOf(config) === undefined ? [] : ['authorization']),
  ],
  setup,

  create(config, deps) {
    const target = encodeURIComponent(config.index ?? config.data_stream ?? 'logs-authentik.event-default');
    const query = new URLSearchParams({ ...(config.pipeline !== undefined && { pipeline: config.pipeline }) });
    query.set('filter_path', replyFields);
    const url = `${baseUrl(config.url, /\/_bulk\/?$/)}/${target}/_bulk?${query.toString()}`;
    const authorization = authorizationOf(config);
    // The media type that Elasticsearch 7 to 9 and OpenSearch all take; the versioned one is refused by the latter.
    const headers = { 'content-type': 'application/x-ndjson', ...(authorization !== undefined && { authorization }) };
    const timed = config.format !== 'ecs';
    return createBatchDestination(deps, config, {
      limits: { bytes: requestBytesMax, itemBytes: itemBytesMax },
      replyBytesMax,
      item: (delivery) => {
        const action = `{"create":{"_id":${JSON.stringify(delivery.key)}}}\n`;
        const event = eventPieces(config.format, delivery, deps);
        return createItem([action, ...(timed ? withTimestamp(event, eventTimeMs(delivery)) : event), '\n']);
      },
      body: (items) => joinItems(items),
      async exchange({ post, items, nowMs }) {
        return classifyBulk(await post(url, headers), nowMs, items.length);
      },
    });
  },
});

/** A data stream demands `@timestamp`, which only ECS has by itself. */
function withTimestamp([first = '', ...rest]: readonly Piece[], atMs: number): readonly Piece[] {
  const open = `{"@timestamp":"${isoMillis(atMs)}",`;
  return [open, typeof first === 'string' ? first.slice(1) : first.subarray(1), ...rest];
}
