import type { ServerResponse } from 'node:http';
import { sendStatus } from './answers.ts';
import type { Cluster, TestPod } from './cluster.ts';
import type { ServerOptions } from './server.ts';

/** A page of the list. Its token expires when the cluster forgets its past. */
export function sendList(
  cluster: Cluster,
  query: URLSearchParams,
  response: ServerResponse,
  { pageMax }: ServerOptions,
): void {
  const [version = cluster.version, from = 0] = (query.get('continue') ?? '').split(':').filter(Boolean).map(Number);
  if (version < cluster.oldest) return sendStatus(response, 410, 'The provided continue parameter is too old');
  const limit = Math.min(Number(query.get('limit') ?? pageMax), pageMax);
  const pods = [...cluster.pods.values()].filter((pod) => isSelected(pod, query));
  const items = pods.slice(from, from + limit).map(({ told }) => told);
  const next = from + limit < pods.length ? { continue: `${version}:${from + limit}` } : {};
  const metadata = { resourceVersion: String(version), ...next };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata, items }));
}

/** Equality selectors only. */
export function isSelected({ name, labels }: TestPod, query: URLSearchParams): boolean {
  const wanted = (query.get('labelSelector') ?? '').split(',').filter(Boolean);
  const field = /^metadata\.name=(.+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  return (
    (field === undefined || field === name) &&
    wanted.every((one) => {
      const [key = '', value] = one.split('=');
      return labels[key] === value;
    })
  );
}
