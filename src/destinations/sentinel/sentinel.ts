import type { ObjectSchema } from '../../core/schema.ts';
import { baseUrl, urlProblems } from '../batch/base-url.ts';
import { batchOptions, createBatchDestination } from '../batch/batch-destination.ts';
import { guidOf } from '../batch/guid.ts';
import { createItem, joinItems } from '../item.ts';
import { staticHeaderProblems } from '../batch/static-headers.ts';
import { defineDestination } from '../destination.ts';
import { eventJson } from '../format.ts';
import { eventColumn, factsJson } from './columns.ts';
import { guide } from './guide.ts';
import { classifyIngestion } from './reply.ts';
import { setup } from './setup.ts';
import { createTokenSource } from './token.ts';

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      description:
        'Logs ingestion endpoint of the data collection rule, or of a data collection endpoint: `https://….ingest.monitor.azure.com`.',
    },
    dcr_id: {
      type: 'string',
      pattern: '^dcr-[0-9a-f]{32}$',
      description: 'Immutable id of the data collection rule: `dcr-` and 32 hexadecimal digits.',
    },
    stream: {
      type: 'string',
      pattern: String.raw`^(?:Custom|Microsoft)-\w{1,100}$`,
      default: 'Custom-Authentik_CL',
      description: 'Stream of the rule.',
    },
    tenant_id: { type: 'string', pattern: String.raw`^[\w.-]+$`, description: 'Id of the Microsoft Entra tenant.' },
    client_id: { type: 'string', minLength: 1, description: 'Id of the application.' },
    client_secret: { type: 'string', secret: true, minLength: 1, description: 'Secret of the application.' },
    client_assertion: {
      type: 'string',
      secret: true,
      minLength: 1,
      description:
        'Token of a workload identity instead of a secret: `${file:/var/run/secrets/azure/tokens/azure-identity-token}`.',
    },
    authority: {
      type: 'string',
      format: 'url',
      default: 'https://login.microsoftonline.com',
      description: 'Where tokens come from; another one in national clouds.',
    },
    scope: {
      type: 'string',
      minLength: 1,
      default: 'https://monitor.azure.com/.default',
      description: 'What tokens are for; another one in national clouds.',
    },
    ...batchOptions,
  },
  required: ['url', 'dcr_id', 'tenant_id', 'client_id'],
} as const satisfies ObjectSchema;

/** Azure counts 1 MB before and after compression. */
const requestBytesMax = 1_000_000;
/** No field may have more than 64 KB, or Azure cuts it; a whole row below that has none. */
const itemBytesMax = 64_000;

/** Microsoft Sentinel, by the Logs Ingestion API of Azure Monitor. */
export const sentinel = defineDestination({
  type: 'sentinel',
  summary: 'Microsoft Sentinel, Azure Logs Ingestion API',
  schema,
  guide,
  example: {
    url: 'https://authentik-dce-a1b2.westeurope-1.ingest.monitor.azure.com',
    dcr_id: 'dcr-0123456789abcdef0123456789abcdef',
    stream: 'Custom-Authentik_CL',
    tenant_id: '72f988bf-86f1-41af-91ab-2d7cd011db47',
    client_id: '11111111-2222-3333-4444-555555555555',
    client_secret: 'Rk38Q~8vPq2.wLmN4tYbX6cZ0dHfJgKsEaUiOp1r',
  },
  policy: ({ concurrency }) => ({
    items: 1000,
    bytes: 700_000,
    waitMs: 1000,
    maxAgeMs: undefined,
    concurrency,
    digest: 1,
  }),
  check: ({ url, authority, headers, client_secret: secret, client_assertion: assertion }) => [
    ...urlProblems(url, '`client_secret`'),
    ...(authority.endsWith('/') ? [{ path: ['authority'], message: 'must not end with a slash' }] : []),
    ...(secret === undefined && assertion === undefined
      ? [{ path: ['client_secret'], message: 'required, or `client_assertion`' }]
      : []),
    ...(secret !== undefined && assertion !== undefined
      ? [{ path: ['client_assertion'], message: '`client_secret` is given too: one of them' }]
      : []),
    ...staticHeaderProblems(headers, ['authorization', requestIdHeader]),
  ],
  setup,

  create(config, deps) {
    const base = baseUrl(config.url, /\/dataCollectionRules\/.*$/);
    const url = `${base}/dataCollectionRules/${config.dcr_id}/streams/${config.stream}?api-version=2023-01-01`;
    const tokens = createTokenSource(config);
    return createBatchDestination(deps, config, {
      limits: { bytes: requestBytesMax, itemBytes: itemBytesMax },
      item: (delivery) => {
        const facts = factsJson(delivery, deps.instance);
        return { ...createItem([`${facts},"${eventColumn}":`, eventJson(delivery), '}']), key: delivery.key };
      },
      body: (items) => joinItems(items, '[', ',', ']'),
      async exchange({ post, client, items, nowMs, signal }) {
        const token = await tokens.get(client, nowMs, signal);
        if (token.kind === 'none') return token.result;
        const reply = await post(url, {
          'content-type': 'application/json',
          authorization: `Bearer ${token.value}`,
          [requestIdHeader]: guidOf(items.map(({ key }) => key)),
        });
        if (reply.kind === 'reply' && reply.status === 401) tokens.forget();
        return classifyIngestion(reply, nowMs, items.length);
      },
    });
  },
});

/** For Microsoft's support to find a request by. */
const requestIdHeader = 'x-ms-client-request-id';
