import { asObject, asText, get, type JsonObject } from '../../core/json.ts';
import { parseObject } from '../../decode/json.ts';
import type { Api } from './api.ts';
import { readPod, type Pod } from './pods.ts';
import type { Failure, Refusal } from './outcome.ts';

/** Which pods: those of a namespace, narrowed down by selectors as the API writes them. */
export interface PodSelection {
  readonly namespace: string;
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
}

/** All pods of a selection, and the version from which a watch sees what happens after. */
export interface PodList {
  readonly status: 'listed';
  readonly version: string;
  readonly pods: readonly Pod[];
}

const pageSize = 200;
const pageBytesMax = 64 * 1024 * 1024;
const quietMsMax = 30_000;

/** Reads the list page by page. A list that took so long that its pages expired is refused with 410: the next one is a new one. */
export async function listPods(
  api: Api,
  selection: PodSelection,
  signal: AbortSignal,
): Promise<PodList | Refusal | Failure> {
  const pods: Pod[] = [];
  for (let token: string | undefined; ;) {
    const page = await readPage(api, selection, token, signal);
    if (page.status !== 'page') return page;
    const items = get(page.object, 'items');
    if (Array.isArray(items)) pods.push(...items.flatMap((item) => readPod(item) ?? []));
    const metadata = asObject(get(page.object, 'metadata'));
    token = asText(get(metadata, 'continue'));
    if (token === undefined || token === '')
      return { status: 'listed', pods, version: asText(get(metadata, 'resourceVersion')) ?? '' };
  }
}

/** The path and the parameters that name a selection. */
export function podsOf({ namespace, labelSelector, fieldSelector }: PodSelection) {
  return { path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, query: { labelSelector, fieldSelector } };
}

async function readPage(
  api: Api,
  selection: PodSelection,
  token: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly status: 'page'; readonly object: JsonObject } | Refusal | Failure> {
  const { path, query } = podsOf(selection);
  const pieces: Buffer[] = [];
  let bytes = 0;
  const page = { ...query, limit: pageSize, continue: token };
  const outcome = await api.get({ path, query: page, quietMsMax, signal }, (piece) => {
    bytes += piece.length;
    if (bytes <= pageBytesMax) pieces.push(piece);
  });
  if (outcome.status === 'quiet')
    return { status: 'failed', reason: 'timeout', detail: 'the list did not come to its end' };
  if (outcome.status !== 'ended') return outcome;
  const object = parseObject(Buffer.concat(pieces).toString('utf8'));
  return object === undefined
    ? { status: 'failed', reason: 'protocol', detail: 'no JSON' }
    : { status: 'page', object };
}
