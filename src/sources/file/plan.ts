import { readFrom, type ResumePoint } from '../../decode/decoder.ts';
import type { Checkpoint, KnownFile } from './checkpoint.ts';
import { beginsAs, isSameInode, isTelling, type Identity } from './identity.ts';
import { begunNs, type LogFile } from './log-files.ts';
import { isCompressed } from './open-bytes.ts';
import type { Loss } from './segment.ts';

/** Which files are to be read one after the other, and from where. */
export interface Plan {
  readonly files: readonly Chosen[];
  /** Files before them that a checkpoint still names. */
  readonly kept: readonly KnownFile[];
  readonly point: ResumePoint;
  /** Lines before them are lost. */
  readonly loss?: Loss;
}

/** A file that is to be read. `base` is known for those that were read before; `bytesMax` is where the next one was begun. */
export interface Chosen {
  readonly found: LogFile;
  readonly base?: number;
  readonly bytesMax?: number;
}

/** Goes on where a checkpoint points to, in whichever rotated or compressed file that is now. */
export function planFor(all: readonly LogFile[], checkpoint: Checkpoint): Plan {
  const { point, files: known } = checkpoint;
  const current = known.at(-1) ?? known[0];
  const at = placeOf(all, checkpoint);
  if (at < 0) return withoutCurrent(all, checkpoint);
  const follows = all.slice(at + 1).filter(({ role }) => role !== 'other');
  const found = all[at];
  const here = found === undefined ? [] : [{ found, base: current.base }];
  const needed = known.slice(0, -1).filter((_, index) => (known[index + 1]?.base ?? 0) > readFrom(point));
  const before = needed.map((file) => ({ file, found: all[find(all, file.identity, 0)] }));
  const parts = before.flatMap(({ file, found: part }, index) => {
    const end = (needed[index + 1] ?? current).base;
    return part === undefined ? [] : [{ found: part, base: file.base, bytesMax: end - file.base }];
  });
  if (parts.length === needed.length) {
    const kept = known.slice(0, -1).filter((file) => !needed.includes(file));
    return { files: [...parts, ...here, ...follows.map((one) => ({ found: one }))], kept, point };
  }
  // The parts of a line that lie in a file that is gone: the line is lost, what comes after it is not.
  const files = [...here, ...follows.map((one) => ({ found: one }))];
  return { files, kept: [], point: { next: point.next, open: {} }, loss: 'removed' };
}

/** Where the file is in which to go on; -1 when it is nowhere. */
function placeOf(all: readonly LogFile[], checkpoint: Checkpoint): number {
  const { point, files: known } = checkpoint;
  const current = known.at(-1) ?? known[0];
  if (!isUntouched(checkpoint)) return find(all, current.identity, point.next - current.base);
  const before = known.at(-2);
  const anchor = before === undefined ? -1 : find(all, before.identity, 0);
  return anchor < 0 ? -1 : all.findIndex(({ role }, index) => index > anchor && role !== 'other');
}

/** The file in which to go on is not there any more: what was written after it, as far as it can be told. */
function withoutCurrent(all: readonly LogFile[], checkpoint: Checkpoint): Plan {
  // Among those that cannot be read may be the very one.
  for (const { role, file } of all) if (role !== 'other' && file instanceof Error) throw file;
  const { files, isCertain } = filesSince(all, checkpoint);
  return {
    files: files.filter(({ role }) => role !== 'other').map((found) => ({ found })),
    kept: [],
    point: { next: checkpoint.point.next, open: {} },
    ...(!isCertain && !checkpoint.done && { loss: 'removed' }),
  };
}

/** What was written after a file that is gone; certain when nothing can be missing before the first of them. */
function filesSince(
  all: readonly LogFile[],
  checkpoint: Checkpoint,
): { readonly files: readonly LogFile[]; readonly isCertain: boolean } {
  const { files: known, at } = checkpoint;
  const current = (known.at(-1) ?? known[0]).identity;
  const before = known.at(-2)?.identity;
  const isNew = isUntouched(checkpoint);
  if (before === undefined) return { files: isNew ? all : newerThan(all, current, at), isCertain: isNew };
  const anchor = find(all, before, 0);
  const files = anchor >= 0 ? all.slice(anchor + 1) : newerThan(all, isNew ? before : current, at);
  return { files, isCertain: false };
}

/**
 * Nothing was read of the file, and it cannot be told from others: it is the first of those that came after the one before it,
 * or of all if there was none. Its inode may be that of a later one.
 */
function isUntouched({ point, files }: Checkpoint): boolean {
  const current = files.at(-1) ?? files[0];
  return !isTelling(current.identity) && point.next <= current.base;
}

/**
 * What was written after a file, oldest first, and whether something between is missing. Without a file: all there is.
 * Those in `open` are known already.
 */
export function filesAfter(
  all: readonly LogFile[],
  known: Identity | undefined,
  open: readonly Identity[],
  atMs: number,
): { readonly files: readonly Chosen[]; readonly isLost: boolean } {
  const isNew = ({ role, identity }: LogFile): boolean =>
    role !== 'other' && !open.some((one) => isSameInode(one, identity));
  const at = known === undefined ? -1 : find(all, known, 0);
  const isFound = at >= 0 || known === undefined;
  const files = (isFound ? all.slice(at + 1) : newerThan(all, known, atMs)).filter(isNew);
  // A log that is removed and made anew leaves nothing rotated behind.
  const isLost = !isFound && files.some(({ role }) => role === 'rotated');
  return { files: files.map((found) => ({ found })), isLost };
}

/** Where the known file is: the same inode if it is still the same file, else what begins as it did; -1 when it is nowhere. */
export function find(all: readonly LogFile[], known: Identity, bytesMin: number): number {
  const isIt = (file: LogFile): boolean =>
    (isCompressed(file.path) || file.size >= bytesMin) && beginsAs(known, file.head);
  const here = all.findIndex((file) => isSameInode(known, file.identity) && isIt(file));
  if (here >= 0 || !isTelling(known)) return here;
  return all.findIndex((file) => file.role !== 'other' && isIt(file));
}

function newerThan(all: readonly LogFile[], known: Identity, atMs: number): readonly LogFile[] {
  const begun = begunNs({ identity: known });
  return all.filter((file) => {
    if (file.role !== 'rotated') return file.role === 'current';
    const ns = begunNs(file);
    if (ns === undefined) return file.mtimeMs >= atMs;
    return begun === undefined ? Number(ns / 1_000_000n) >= atMs : ns > begun;
  });
}
