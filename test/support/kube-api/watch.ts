import type { ServerResponse } from 'node:http';
import { sendStatus, type Body } from './answers.ts';
import type { Cluster } from './cluster.ts';
import { isSelected } from './list.ts';

/** What happens after a version; an ERROR and the end when the past from there on is forgotten. A bookmark comes first. */
export async function sendWatch(
  cluster: Cluster,
  query: URLSearchParams,
  response: ServerResponse,
  start: (type: string) => Body,
): Promise<void> {
  let version = Number(query.get('resourceVersion'));
  if (version < cluster.oldest) return sendStatus(response, 410, 'too old resource version');
  const body = start('application/json');
  const send = (event: object): Promise<boolean> => body.write(Buffer.from(`${JSON.stringify(event)}\n`));
  let wake = (): void => undefined;
  const stop = cluster.onChange(() => wake());
  if (query.get('allowWatchBookmarks') === 'true') await send(bookmark(version));
  while (body.isOpen) {
    const changed = new Promise<void>((resolve) => (wake = resolve));
    if (version < cluster.oldest) {
      const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
      await send({ type: 'ERROR', object });
      body.end();
      break;
    }
    for (const event of cluster.events.filter((one) => one.version > version)) {
      ({ version } = event);
      if (isSelected(event.pod, query)) await send({ type: event.type, object: event.object });
    }
    await Promise.race([changed, body.closed]);
  }
  stop();
}

function bookmark(version: number): object {
  const metadata = { resourceVersion: String(version), creationTimestamp: null };
  return { type: 'BOOKMARK', object: { kind: 'Pod', apiVersion: 'v1', metadata, spec: {}, status: {} } };
}
