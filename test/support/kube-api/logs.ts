import type { ServerResponse } from 'node:http';
import { sendStatus, type Body } from './answers.ts';
import type { Cluster } from './cluster.ts';
import type { InstanceLog, LoggedLine } from './log.ts';
import type { ApiRequest, ServerOptions } from './server.ts';

const linesAtOnce = 100;

/** A container's log as the kubelet sends it: of the file that is there now, from a whole second on, until the container ends. */
export async function sendLog(
  cluster: Cluster,
  { pod, query }: ApiRequest,
  response: ServerResponse,
  options: ServerOptions,
  start: (type: string) => Body,
): Promise<void> {
  const log = findLog(cluster, pod ?? '', query);
  if (!(log instanceof Object && 'file' in log)) return sendStatus(response, log.code, log.message);
  const body = start('text/plain');
  const text = writer(query);
  let wake = (): void => undefined;
  const stop = log.follow(() => wake());
  let { file } = log;
  let at = query.has('tailLines') ? Math.max(0, file.length - Number(query.get('tailLines'))) : 0;
  while (body.isOpen) {
    const changed = new Promise<void>((resolve) => (wake = resolve));
    while (at < file.length && body.isOpen) {
      const some = file.slice(at, at + linesAtOnce);
      at += some.length;
      await body.write(Buffer.from(some.map(text).join('')));
    }
    if (!body.isOpen) break;
    const isRotated = file !== log.file;
    if (query.get('follow') !== 'true' || (isRotated ? options.stopsAtRotation : !log.isRunning)) break;
    if (isRotated) {
      ({ file } = log);
      at = 0;
    } else await Promise.race([changed, body.closed]);
  }
  stop();
  if (body.isOpen) body.end();
}

function findLog(
  cluster: Cluster,
  name: string,
  query: URLSearchParams,
): InstanceLog | { readonly code: number; readonly message: string } {
  const pod = cluster.pods.get(name);
  if (pod === undefined) return { code: 404, message: `pods "${name}" not found` };
  const container = pod.containers.get(query.get('container') ?? '');
  if (container === undefined) return { code: 400, message: `container is not valid for pod ${name}` };
  const what = `container "${container.name}" in pod "${name}"`;
  if (query.get('previous') === 'true')
    return container.previous ?? { code: 400, message: `previous terminated ${what} not found` };
  if (container.isWaiting) return { code: 400, message: `${what} is waiting to start: ContainerCreating` };
  return container.log;
}

/** Turns a line to text, empty when it is older than `sinceTime`, of which only the seconds count. */
function writer(query: URLSearchParams): (line: LoggedLine) => string {
  const since = query.get('sinceTime');
  const from = since === null ? '' : `${new Date(since).toISOString().slice(0, 19)}.000000000Z`;
  const isTimed = query.get('timestamps') === 'true';
  return ({ time, text, isTorn }) =>
    time < from ? '' : `${isTimed ? `${time} ` : ''}${text}${isTorn === true ? '' : '\n'}`;
}
