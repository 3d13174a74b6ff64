import type { Clock, Random } from '../../core/clock.ts';
import { OperationalError, unreachable } from '../../core/errors.ts';
import { asObject, asText, get, type JsonObject } from '../../core/json.ts';
import { newline } from '../../decode/bytes.ts';
import { parseObject } from '../../decode/json.ts';
import type { Api } from './api.ts';
import { createCut } from './cut.ts';
import { listPods, podsOf, type PodSelection } from './list.ts';
import type { Patience } from './patience.ts';
import { readPod, type Pod } from './pods.ts';
import { explain, isPermanent, type Access, type Failure, type Outcome, type Refusal } from './outcome.ts';

/** Told of the pods of a selection, in the order of what happens to them. */
export interface PodListener {
  /** All there are now. Those not named are gone. */
  listed(pods: readonly Pod[]): void;
  changed(pod: Pod): void;
  gone(uid: string): void;
}

export interface WatchDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  readonly patience: Patience;
}

/** The server ends a watch between one and two times this; when it does not, we do a little later. */
const watchSecondsMin = 300;
const overtimeMs = 30_000;
const eventBytesMax = 16 * 1024 * 1024;
/** A watch that lasted this long was a good one, also when nothing happened. */
const settledMs = 10_000;

/**
 * Lists the pods and follows what happens to them until the signal aborts. Rejects with OperationalError when the first list is
 * refused for good, because then nothing can be read at all. Every other trouble is waited out.
 */
export async function watchPods(
  deps: WatchDeps,
  selection: PodSelection,
  listener: PodListener,
  signal: AbortSignal,
): Promise<void> {
  const { api, clock, patience } = deps;
  /** What the watch has seen; undefined when a new list is needed. */
  let version: string | undefined;
  let hasListed = false;
  while (!signal.aborted) {
    const verb = version === undefined ? 'list' : 'watch';
    const end =
      version === undefined
        ? await listPods(api, selection, signal)
        : await watch(deps, { selection, version, onVersion: (next) => (version = next) }, listener, signal);
    if (signal.aborted) return;
    switch (end.status) {
      case 'listed':
        patience.recovered();
        hasListed = true;
        ({ version } = end);
        listener.listed(end.pods);
        break;
      case 'ended':
        break;
      case 'quiet':
        await clock.sleep(patience.idle(), signal);
        break;
      case 'refused':
      case 'failed':
        // What the version stands for is forgotten there: only a list says what is now.
        if (end.status === 'refused' && end.code === 410) {
          version = undefined;
          await clock.sleep(patience.idle(), signal);
        } else await giveTime(deps, end, { verb, resource: 'pods', namespace: selection.namespace }, hasListed, signal);
        break;
      default:
        unreachable(end);
    }
  }
}

/** Waits before the next attempt. Throws when nothing was ever listed and waiting does not help. */
async function giveTime(
  { clock, patience }: WatchDeps,
  end: Refusal | Failure,
  access: Access,
  hasListed: boolean,
  signal: AbortSignal,
): Promise<void> {
  const why = explain(end, access);
  if (!hasListed && isPermanent(end))
    throw new OperationalError(end.code === 403 ? 'permission' : 'source_failed', why);
  await clock.sleep(patience.failed(why, end.afterMs), signal);
}

interface Watched {
  readonly selection: PodSelection;
  readonly version: string;
  /** Told how far the watch has come; undefined when it is lost. */
  readonly onVersion: (version: string | undefined) => void;
}

/** One watch, to its end. `quiet`: it ended at once and brought nothing. */
async function watch(
  { api, clock, random, patience }: WatchDeps,
  { selection, version, onVersion }: Watched,
  listener: PodListener,
  signal: AbortSignal,
): Promise<Outcome | { readonly status: 'quiet' }> {
  const { path, query } = podsOf(selection);
  const timeoutSeconds = Math.round(watchSecondsMin * (1 + random()));
  const startedMs = clock.monotonic();
  const cut = createCut(signal);
  let isLost = false;
  const lines = createLines((line) => {
    patience.reset();
    const next = tell(line, listener);
    if (next === undefined) isLost = true;
    else if (next !== '') onVersion(next);
  });
  const outcome = await api.get(
    {
      path,
      query: { ...query, watch: true, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds },
      quietMsMax: timeoutSeconds * 1000 + overtimeMs,
      signal: cut.signal,
      onOpen: () => patience.recovered(),
    },
    (piece) => {
      if (isLost) return;
      if (!lines.push(piece)) isLost = true;
      if (isLost) cut.abort();
    },
  );
  cut.release();
  if (isLost) {
    onVersion(undefined);
    return { status: 'quiet' };
  }
  if (clock.monotonic() - startedMs > settledMs) patience.reset();
  if (outcome.status !== 'ended') return outcome;
  return lines.count() === 0 ? { status: 'quiet' } : outcome;
}

/** Passes one event of a watch on. Gives its version, empty when it has none, undefined when the watch cannot go on. */
function tell(line: string, listener: PodListener): string | undefined {
  const event = parseObject(line);
  const object = asObject(get(event, 'object'));
  const pod = readPod(object);
  switch (get(event, 'type')) {
    case 'ADDED':
    case 'MODIFIED':
      if (pod !== undefined) listener.changed(pod);
      return versionOf(object);
    case 'DELETED':
      if (pod !== undefined) listener.gone(pod.uid);
      return versionOf(object);
    case 'BOOKMARK':
      return versionOf(object);
    default:
      // ERROR, mostly 410 in a `Status`, or something that is no event.
      return undefined;
  }
}

function versionOf(object: JsonObject | undefined): string {
  return asText(get(asObject(get(object, 'metadata')), 'resourceVersion')) ?? '';
}

/** Cuts a stream of JSON texts into lines. `push` gives false for a line that is too long to be one. */
function createLines(take: (line: string) => void): { push(piece: Buffer): boolean; count(): number } {
  let torn: Buffer[] = [];
  let tornBytes = 0;
  let count = 0;
  return {
    push(piece) {
      let from = 0;
      for (let at = piece.indexOf(newline); at >= 0; from = at + 1, at = piece.indexOf(newline, from)) {
        count += 1;
        take(Buffer.concat([...torn, piece.subarray(from, at)]).toString('utf8'));
        torn = [];
        tornBytes = 0;
      }
      torn.push(piece.subarray(from));
      tornBytes += piece.length - from;
      return tornBytes <= eventBytesMax;
    },
    count: () => count,
  };
}
