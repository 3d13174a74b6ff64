import { dirname, basename } from 'node:path';
import { readFrom, type ResumePoint } from '../../decode/decoder.ts';
import { isCompressed } from './byte-file.ts';
import type { Checkpoint, KnownFile } from './checkpoint.ts';
import { missing, restless } from './errno.ts';
import { beginsAs, isSameInode, isTelling, type Identity } from './identity.ts';
import { begunNs, currentOf, filesOf, type LogFile } from './log-files.ts';
import { closeAll, openSegment, type Loss, type Segment } from './segment.ts';

/** Where reading starts: the files that follow one another, open, and the point in them. */
export interface Start {
  readonly segments: readonly Segment[];
  /** Files before them that a checkpoint still names. */
  readonly kept: readonly KnownFile[];
  readonly point: ResumePoint;
  /** There are lines to be read. */
  readonly hasMore?: boolean;
}

/** Files that are to be read one after the other. */
interface Plan {
  readonly files: readonly { readonly found: LogFile; readonly base?: number; readonly bytesMax?: number }[];
  readonly kept: readonly KnownFile[];
  readonly point: ResumePoint;
  readonly loss?: Loss;
}

/** Between finding and opening a log may be rotated. */
const looksMax = 5;

/**
 * Goes on where a checkpoint points to, in whichever rotated or compressed file that is now. `real` is the log's path without
 * links. What cannot be had any more shows as the `loss` of the first segment. Rejects with the errno of the file system.
 */
export async function resumeAt(real: string, checkpoint: Checkpoint): Promise<Start> {
  return (
    (await whereItWas(real, checkpoint)) ??
    (await openPlan(async () => planFor(await candidates(real, checkpoint), checkpoint)))
  );
}

/** Most logs are not rotated while nobody looks: then nothing else needs to be. */
async function whereItWas(real: string, { point, files }: Checkpoint): Promise<Start | undefined> {
  const known = files.at(-1) ?? files[0];
  const found = await currentOf(real);
  if (found === undefined || readFrom(point) < known.base || !isTelling(known.identity)) return undefined;
  if (!isSameInode(known.identity, found.identity) || find([found], known.identity, point.next - known.base) < 0)
    return undefined;
  const segment = await openSegment(found, known.base);
  return segment && { segments: [segment], kept: files.slice(0, -1), point };
}

/** The log from its first byte, with all that lies there rotated. */
export async function fromBeginning(real: string): Promise<Start> {
  const start = await openPlan(async () => {
    const files = (await filesOf(real)).filter(({ role }) => role !== 'other').map((found) => ({ found }));
    return { files, kept: [], point: { next: 0, open: {} } };
  });
  return { ...start, hasMore: start.segments.some(({ head }) => head.length > 0) };
}

/**
 * What was written after a file, oldest first, and whether something between is missing. Without a file: all there is.
 * Those in `open` are known already.
 */
export async function filesAfter(
  real: string,
  known: Identity | undefined,
  open: readonly Identity[],
  atMs: number,
): Promise<{ readonly files: readonly LogFile[]; readonly isLost: boolean }> {
  const all = await filesOf(real);
  const isNew = ({ role, identity }: LogFile): boolean =>
    role !== 'other' && !open.some((one) => isSameInode(one, identity));
  const at = known === undefined ? -1 : find(all, known, 0);
  if (at >= 0 || known === undefined) return { files: all.slice(at + 1).filter(isNew), isLost: false };
  const files = newerThan(all, known, atMs).filter(isNew);
  // A log that is removed and made anew leaves nothing rotated behind.
  return { files, isLost: files.some(({ role }) => role === 'rotated') };
}

/** Opens files that were found, as far as they are still there, the first at `base`; undefined when one was exchanged meanwhile. */
export async function openAll(files: Plan['files'], base: number): Promise<Segment[] | undefined> {
  const segments: Segment[] = [];
  for (const { found, base: known, bytesMax } of files) {
    const segment = await openSegment(found, known ?? base).catch(async (error: unknown) => {
      await closeAll(segments);
      throw error;
    });
    if (segment === undefined) {
      await closeAll(segments);
      return undefined;
    }
    segments.push({ ...segment, ...(bytesMax !== undefined && { bytesMax }) });
  }
  return segments;
}

/** The copy that was made of a file before it was emptied; undefined when there is none that reaches to `position`. */
export async function copyOf(real: string, known: Identity, position: number): Promise<LogFile | undefined> {
  const rotated = (await filesOf(real)).filter(({ role }) => role === 'rotated');
  const at = find(rotated, known, position);
  return rotated[at];
}

async function openPlan(plan: () => Promise<Plan>): Promise<Start> {
  for (let look = 0; look < looksMax; look += 1) {
    const { files, kept, point, loss } = await plan();
    if (files.length === 0) throw missing('the log');
    const segments = await openAll(files, point.next);
    const [first, ...rest] = segments ?? [];
    if (first === undefined) continue;
    return { segments: [{ ...first, ...(loss !== undefined && { loss }) }, ...rest], kept, point };
  }
  throw restless('the log');
}

/** The log's files, and those of the place where a link led to when the checkpoint was taken. */
async function candidates(real: string, { files }: Checkpoint): Promise<readonly LogFile[]> {
  const now = await filesOf(real);
  const last = files.at(-1)?.path ?? real;
  if (dirname(last) === dirname(real) && basename(last).startsWith(basename(real))) return now;
  const before = await filesOf(last).catch((): readonly LogFile[] => []);
  return [...before.filter((file) => !now.some((one) => isSameInode(one.identity, file.identity))), ...now];
}

function planFor(all: readonly LogFile[], checkpoint: Checkpoint): Plan {
  const { point, files: known } = checkpoint;
  const current = known.at(-1) ?? known[0];
  const position = Math.max(0, point.next - current.base);
  const at = isUntouched(checkpoint) ? -1 : find(all, current.identity, position);
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

/** The file in which to go on is not there any more: what was written after it, as far as it can be told. */
function withoutCurrent(all: readonly LogFile[], checkpoint: Checkpoint): Plan {
  const unreadable = all.find(({ role, error }) => role !== 'other' && error !== undefined);
  if (unreadable?.error !== undefined) throw unreadable.error;
  const { point, files: known, at, done } = checkpoint;
  const current = known.at(-1) ?? known[0];
  const before = known.at(-2)?.identity;
  const anchor = before === undefined ? -1 : find(all, before, 0);
  const isNew = isUntouched(checkpoint);
  const isKnown = done || (isNew && (anchor >= 0 || before === undefined));
  const files =
    anchor >= 0
      ? all.slice(anchor + 1)
      : isNew && before === undefined
        ? all
        : newerThan(all, isNew ? (before ?? current.identity) : current.identity, at);
  return {
    files: files.filter(({ role }) => role !== 'other').map((found) => ({ found })),
    kept: [],
    point: { next: point.next, open: {} },
    ...(!isKnown && { loss: 'removed' }),
  };
}

/**
 * Nothing was read of the file, and it cannot be told from others: it is the first of those that came after the one before it,
 * or of all if there was none. Its inode may be that of a later one.
 */
function isUntouched({ point, files }: Checkpoint): boolean {
  const current = files.at(-1) ?? files[0];
  return !isTelling(current.identity) && readFrom(point) <= current.base;
}

/** Where the known file is: the same inode if it is still the same file, else what begins as it did; -1 when it is nowhere. */
function find(all: readonly LogFile[], known: Identity, bytesMin: number): number {
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
