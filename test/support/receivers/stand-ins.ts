import { columns } from '../../../src/destinations/sentinel/columns.ts';
import { sentinel } from '../../../src/destinations/sentinel/sentinel.ts';
import type { Written } from './destination.ts';
import type { ReceivedRequest, Reply, StandIn } from './http.ts';
import { createDatadog } from './datadog.ts';
import { createElasticsearch } from './elasticsearch.ts';
import { createLoki } from './loki.ts';
import { ntfyStandIn } from './ntfy.ts';
import { createOtlpReceiver } from './otlp.ts';
import { pagerDutyStandIn } from './pagerduty.ts';
import { createSentinel } from './sentinel.ts';
import { createSplunk } from './splunk.ts';
import { teamsStandIn } from './teams.ts';

/** The stand-in of one kind of destination, for the contract tests. */
export interface ServiceOfKind {
  /** A fresh one, which admits who has the secrets of these options. */
  create(options: Written): StandIn;
  /** What answers at the same address and is another service: for tokens. */
  readonly aside?: (request: ReceivedRequest) => Reply | undefined;
  /** Points the kind's example at the origin of the stand-in. Default: replaces the origin of `url`. */
  point?(example: Written, origin: string): Written;
}

/** Stand-ins by type. A kind without one gets a server that says 200 to everything. */
export const standIns: ReadonlyMap<string, ServiceOfKind> = new Map<string, ServiceOfKind>([
  ['pagerduty', { create: ({ routing_key: key }) => pagerDutyStandIn(String(key)) }],
  [
    'elasticsearch',
    {
      create: ({ api_key: key, data_stream: name }) =>
        createElasticsearch({ authorization: `ApiKey ${String(key)}`, dataStream: String(name) }).standIn,
    },
  ],
  [
    'loki',
    {
      create: ({ username, password, tenant }) =>
        createLoki({
          authorization: `Basic ${Buffer.from(`${String(username)}:${String(password)}`).toString('base64')}`,
          tenant: String(tenant),
        }).standIn,
    },
  ],
  [
    'datadog',
    {
      create: ({ api_key: key }) => createDatadog(String(key)).standIn,
      point: (example, url) => ({ ...example, url }),
    },
  ],
  ['otlp', { create: () => createOtlpReceiver({ headers: { 'x-api-key': 'f2b7c1e09a' } }).standIn }],
  ['sentinel', sentinelService()],
  ['splunk_hec', { create: ({ token }) => createSplunk({ token: String(token) }).standIn }],
  ['teams', { create: ({ url }) => teamsStandIn(new URL(String(url)).searchParams.get('sig') ?? '') }],
  [
    'ntfy',
    { create: ({ topic, token }) => ntfyStandIn({ topic: String(topic), authorization: `Bearer ${String(token)}` }) },
  ],
]);

function sentinelService(): ServiceOfKind {
  const { tenant_id, client_id, client_secret, dcr_id, stream } = sentinel.example;
  const azure = createSentinel(
    {
      dcrId: String(dcr_id),
      stream: String(stream),
      columns: new Map(columns.map(({ name, type }) => [name, type])),
    },
    { tenantId: String(tenant_id), clientId: String(client_id), clientSecret: String(client_secret) },
  );
  return {
    create: () => azure.standIn,
    aside: (request) => azure.entra(request),
    point: (example, url) => ({ ...example, url, authority: url }),
  };
}
