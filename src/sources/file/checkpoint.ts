import { asObject, get, isObject, type Json } from '../../core/json.ts';
import type { ResumePoint } from '../../decode/decoder.ts';
import { readIdentity, type Identity } from './identity.ts';

/** A file as a checkpoint names it. */
export interface KnownFile {
  readonly path: string;
  readonly identity: Identity;
  /** Offset of its first byte in the log as a whole. */
  readonly base: number;
}

/** Where to go on in a log. */
export interface Checkpoint {
  readonly point: ResumePoint;
  /** The file being read last; before it those in which an unfinished line began, or by which a still empty one is found. */
  readonly files: readonly [...KnownFile[], KnownFile];
  /** Time of the newest line read, ms. */
  readonly newest: number | undefined;
  /** When it was taken, ms: files that were last written before are older than the place. */
  readonly at: number;
  /** The file was removed after it had been read to its end. */
  readonly done: boolean;
  /** More was written already than was read. */
  readonly hasMore: boolean;
}

/** Where the file lay that was read last. */
export function pathOf({ files }: Checkpoint): string {
  return (files.at(-1) ?? files[0]).path;
}

const version = 2;

/** The form in which the journal keeps a checkpoint. */
export function writeCheckpoint({ point, files, newest, at, done, hasMore }: Checkpoint): Json {
  return {
    version,
    next: point.next,
    open: point.open,
    files: files.map(({ path, identity, base }) => ({ path, base, ...identity })),
    newest: newest ?? null,
    at,
    ...(done && { done }),
    ...(hasMore && { has_more: hasMore }),
  };
}

/** Reads a checkpoint back; undefined for anything that is none. */
export function readCheckpoint(saved: Json): Checkpoint | undefined {
  const from = asObject(saved);
  const [next, at, newest] = ['next', 'at', 'newest'].map((key) => get(from, key));
  const open = get(from, 'open');
  const list = get(from, 'files');
  if (get(from, 'version') !== version || typeof next !== 'number' || typeof at !== 'number') return undefined;
  if (!isObject(open) || !Array.isArray(list)) return undefined;
  const files = list.flatMap((item: Json) => readKnown(item));
  const last = files.pop();
  if (last === undefined) return undefined;
  const offsets = Object.entries(open).flatMap(([stream, offset]) =>
    typeof offset === 'number' ? [[stream, offset] as const] : [],
  );
  return {
    point: { next, open: Object.fromEntries(offsets) },
    files: [...files, last],
    newest: typeof newest === 'number' ? newest : undefined,
    at,
    done: get(from, 'done') === true,
    hasMore: get(from, 'has_more') === true,
  };
}

function readKnown(item: Json): readonly KnownFile[] {
  const identity = readIdentity(item);
  const path = get(asObject(item), 'path');
  const base = get(asObject(item), 'base');
  if (identity === undefined || typeof path !== 'string' || typeof base !== 'number') return [];
  return [{ path, identity, base }];
}
