import { asObject, get, isObject, type Json } from '../../core/json.ts';
import type { ResumePoint } from '../../decode/decoder.ts';
import { readIdentity, type Identity, type Segment } from './segment.ts';

/** Where to go on in a log, with the identity of every file that is still needed and the offset of its first byte. */
export interface Checkpoint {
  readonly point: ResumePoint;
  readonly segments: readonly { readonly identity: Identity; readonly base: number }[];
}

/** The form in which the journal keeps a checkpoint. */
export function writeCheckpoint(point: ResumePoint, segments: readonly Segment[]): Json {
  return {
    version: 1,
    next: point.next,
    open: point.open,
    segments: segments.map(({ identity, base }) => ({ ...identity, base })),
  };
}

/** Reads a checkpoint back; undefined for anything that is none. */
export function readCheckpoint(saved: Json): Checkpoint | undefined {
  const from = asObject(saved);
  const next = get(from, 'next');
  const open = get(from, 'open');
  const list = get(from, 'segments');
  if (get(from, 'version') !== 1 || typeof next !== 'number' || !isObject(open) || !Array.isArray(list))
    return undefined;
  const segments = list.flatMap((item: Json) => {
    const identity = readIdentity(item);
    const base = get(asObject(item), 'base');
    return identity === undefined || typeof base !== 'number' ? [] : [{ identity, base }];
  });
  const offsets = Object.entries(open).flatMap(([stream, offset]) =>
    typeof offset === 'number' ? [[stream, offset] as const] : [],
  );
  return segments.length === 0 ? undefined : { point: { next, open: Object.fromEntries(offsets) }, segments };
}
