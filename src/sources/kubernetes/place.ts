import { asObject, get, type Json } from '../../core/json.ts';

/** A line as it is known again: the container's time (canonical) and a checksum of the text's head. */
export interface Mark {
  readonly time: string;
  readonly sum: number;
}

/**
 * How far a log is read. The API knows no offsets, only times with whole seconds, so the last lines are remembered one by one.
 * The last mark is the last line that was read; what is older than `horizon` is read too.
 */
export interface Place {
  /** Canonical time; empty when all lines that were read are in `marks`. */
  readonly horizon: string;
  readonly marks: readonly Mark[];
}

export const beginning: Place = { horizon: '', marks: [] };

/** How far a container is read, over its restarts. */
export interface Progress {
  /** The instance that `place` belongs to; earlier ones are done. */
  readonly restarts: number;
  readonly place: Place;
  /**
   * Where the stream ended of which it is certain that it was this instance's. What was read since may come from the next
   * instance: the API gives the one that runs, and says which only later.
   */
  readonly fork?: Place;
  /** The place is not known yet: the end of the log, as it is when the log is first reached. */
  readonly atEnd?: true;
}

/** The form in which the journal keeps it. */
export function writeProgress({ restarts, place, fork, atEnd }: Progress): Json {
  return {
    version: 1,
    restarts,
    place: writePlace(place),
    ...(fork !== undefined && { fork: writePlace(fork) }),
    ...(atEnd === true && { atEnd }),
  };
}

/** Reads it back; undefined for anything that is none. */
export function readProgress(saved: Json | undefined): Progress | undefined {
  const from = asObject(saved);
  const restarts = get(from, 'restarts');
  const place = readPlace(get(from, 'place'));
  if (get(from, 'version') !== 1 || typeof restarts !== 'number' || place === undefined) return undefined;
  const fork = readPlace(get(from, 'fork'));
  return {
    restarts,
    place,
    ...(fork !== undefined && { fork }),
    ...(get(from, 'atEnd') === true && { atEnd: true }),
  };
}

function writePlace({ horizon, marks }: Place): Json {
  return { horizon, marks: marks.map(({ time, sum }) => [time, sum]) };
}

function readPlace(saved: Json | undefined): Place | undefined {
  const from = asObject(saved);
  const horizon = get(from, 'horizon');
  const list = get(from, 'marks');
  if (typeof horizon !== 'string' || !Array.isArray(list)) return undefined;
  const marks = list.flatMap((item: Json) => {
    const [time, sum] = Array.isArray(item) ? item : [];
    return typeof time === 'string' && typeof sum === 'number' ? [{ time, sum }] : [];
  });
  return { horizon, marks };
}

/** The `sinceTime` that brings everything behind a place; undefined for the whole log. */
export function sinceOf({ horizon }: Place): string | undefined {
  const ms = Date.parse(horizon);
  // The API drops the fraction, and a split line whose first part lies before comes without it: a second earlier, it is old anyhow.
  return Number.isNaN(ms) ? undefined : `${new Date(ms - 1000).toISOString().slice(0, 19)}Z`;
}
