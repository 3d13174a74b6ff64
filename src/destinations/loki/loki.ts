import type { ObjectSchema } from '../../core/schema.ts';
import { baseUrl, urlProblems } from '../batch/base-url.ts';
import { batchOptions, createBatchDestination } from '../batch/batch-destination.ts';
import { authorizationOf, credentialOptions, credentialProblems } from '../credentials.ts';
import { staticHeaderProblems } from '../batch/static-headers.ts';
import { defineDestination } from '../destination.ts';
import { formatOption } from '../format.ts';
import { entryWriter, pushBody } from './entry.ts';
import { guide } from './guide.ts';
import { eventLabels, labelProblems } from './labels.ts';
import { classifyPush } from './reply.ts';
import { setup } from './setup.ts';

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      description: 'Address of Loki, without the path of its interface: `https://loki.example.com`.',
    },
    tenant: {
      type: 'string',
      minLength: 1,
      maxLength: 150,
      pattern: String.raw`^[\w!.*'()|-]+$`,
      description: 'Tenant, sent as `X-Scope-OrgID`.',
    },
    ...credentialOptions,
    labels: {
      type: 'object',
      properties: {},
      additionalProperties: { type: 'string', minLength: 1, maxLength: 2048 },
      default: {},
      description: 'Labels that all streams have, beside `job: authentik` and `service_name: authentik`.',
    },
    event_labels: {
      type: 'array',
      items: { type: 'string', enum: eventLabels },
      default: ['action', 'severity'],
      description:
        'Labels that depend on the event. Each has few values: an action that authentik does not know is `custom` or `other`.',
    },
    structured_metadata: {
      type: 'boolean',
      default: true,
      description: 'Send user, address and ids as structured metadata. Needs Loki 3, or 2.9 with schema v13.',
    },
    format: formatOption,
    ...batchOptions,
    concurrency: { ...batchOptions.concurrency, default: 1 },
  },
  required: ['url'],
} as const satisfies ObjectSchema;

/** Half of what Loki passes on in one message, and its limit of a line. */
const requestBytesMax = 2_000_000;
const lineBytesMax = 256 * 1024;

/** Grafana Loki, by its push interface. */
export const loki = defineDestination({
  type: 'loki',
  summary: 'Grafana Loki',
  schema,
  guide,
  example: {
    url: 'https://loki.example.com',
    tenant: 'security',
    username: 'herald',
    password: 'glc_eyJvIjoiMTIzNDU2Iiwi',
    labels: { cluster: 'production' },
  },
  policy: ({ concurrency }) => ({
    items: 2000,
    bytes: 1_200_000,
    waitMs: 1000,
    maxAgeMs: undefined,
    concurrency,
    digest: 1,
  }),
  check: (config) => [
    ...urlProblems(config.url, '`username` and `password`'),
    ...credentialProblems(config),
    ...labelProblems(config.labels, config.event_labels),
    ...staticHeaderProblems(config.headers, [
      'x-scope-orgid',
      ...(authorizationOf(config) === undefined ? [] : ['authorization']),
    ]),
  ],
  setup,

  create(config, deps) {
    const url = `${baseUrl(config.url, /\/loki\/api\/v1\/push\/?$/)}/loki/api/v1/push`;
    const authorization = authorizationOf(config);
    const headers = {
      'content-type': 'application/json',
      ...(config.tenant !== undefined && { 'x-scope-orgid': config.tenant }),
      ...(authorization !== undefined && { authorization }),
    };
    return createBatchDestination(deps, config, {
      limits: { bytes: requestBytesMax, itemBytes: lineBytesMax, itemOverheadBytes: 200 },
      item: entryWriter(config, deps),
      body: pushBody,
      async exchange({ post, items, nowMs }) {
        return classifyPush(await post(url, headers), nowMs, items);
      },
    });
  },
});
