import type { Json } from '../../core/json.ts';
import { createDecoder } from '../../decode/create.ts';
import type { Api, ApiRequest } from './api.ts';
import type { Commits } from './commits.ts';
import type { Outcome } from './outcome.ts';
import { beginning, sinceOf, type Place } from './place.ts';
import { Sieve, type Missing } from './sieve.ts';

/** One container of one pod, and how its lines are read. */
export interface Target {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Under which its checkpoint is kept. */
  readonly key: string;
  readonly maxLineBytes: number;
  readonly lookalikes: boolean;
}

export interface ReadingDeps {
  readonly api: Api;
  readonly commits: Commits;
}

/** `previous`: of the instance before. `follow`: goes on until the container ends. */
export interface LogQuery {
  readonly previous?: true;
  readonly follow?: true;
}

export interface ReadingOptions {
  readonly place: Place;
  readonly query: LogQuery;
  /** No line can follow the last one, so that it is whole also without its newline. */
  readonly isFinal: boolean;
  /** The checkpoint for a place. */
  readonly checkpoint: (place: Place) => Json;
  /** Told when the server begins to send the log. */
  readonly onOpen: () => void;
  readonly signal: AbortSignal;
}

/** What one request brought. */
export interface Read {
  readonly end: Outcome;
  /** Behind the last whole line. */
  readonly place: Place;
  readonly lines: number;
  readonly missing: Missing | undefined;
}

/**
 * Without a line for so long, a stream that follows is asked for again: a connection may be half open, and kubelets have been
 * seen to go on following a log that was rotated away.
 */
const quietMsMax = 300_000;

/** Reads a container's log behind a place, by one request: decodes what is new and commits it with the place behind it. */
export async function readLog(target: Target, options: ReadingOptions, { api, commits }: ReadingDeps): Promise<Read> {
  const { namespace, pod, container, key, maxLineBytes, lookalikes } = target;
  const decoder = createDecoder({
    origin: { namespace, pod, container },
    maxLineBytes,
    lookalikes,
    form: 'timestamped',
  });
  const sieve = new Sieve(options.place);
  const end = await api.get(
    {
      path: logPath(target),
      query: { container, timestamps: true, sinceTime: sinceOf(options.place), ...options.query },
      quietMsMax,
      signal: options.signal,
      onOpen: options.onOpen,
    },
    async (piece) => {
      const fresh = sieve.take(piece);
      if (fresh.length === 0) return;
      await commits.add([[key, options.checkpoint(sieve.place())]], decoder.push(fresh), fresh.length);
    },
  );
  if (end.status === 'ended' && options.isFinal) {
    decoder.push(sieve.rest());
    await commits.add([[key, options.checkpoint(sieve.place())]], decoder.end());
  }
  return { end, place: sieve.place(), lines: sieve.lines, missing: sieve.missing };
}

/** The end of a container's log as it is now: the place behind its last line, or the beginning when it is empty. */
export async function findEnd(
  target: Target,
  deps: ScanDeps,
  signal: AbortSignal,
): Promise<Pick<Read, 'end' | 'place'>> {
  const { end, sieve } = await scan(target, beginning, { tailLines: 1 }, deps, signal);
  const last = sieve.place().marks.at(-1);
  return { end, place: last === undefined ? beginning : { horizon: last.time, marks: [last] } };
}

/** Whether the line before a place stands in the log of the previous instance. */
export async function isInPrevious(
  target: Target,
  place: Place,
  deps: ScanDeps,
  signal: AbortSignal,
): Promise<Pick<Read, 'end'> & { readonly isThere: boolean }> {
  const query = { previous: true, sinceTime: sinceOf(place) };
  const { end, sieve } = await scan(target, place, query, deps, signal);
  return { end, isThere: sieve.hasPassed };
}

type ScanDeps = Pick<ReadingDeps, 'api'>;

/** Goes over a log without decoding or keeping any of it. */
async function scan(
  target: Target,
  place: Place,
  query: ApiRequest['query'],
  { api }: ScanDeps,
  signal: AbortSignal,
): Promise<Pick<Read, 'end'> & { readonly sieve: Sieve }> {
  const sieve = new Sieve(place);
  const request = { path: logPath(target), query: { container: target.container, timestamps: true, ...query } };
  const end = await api.get({ ...request, quietMsMax, signal }, (piece) => void sieve.take(piece));
  return { end, sieve };
}

function logPath({ namespace, pod }: Target): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
}
