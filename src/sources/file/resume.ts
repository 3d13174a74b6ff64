import { basename, dirname } from 'node:path';
import { readFrom, type ResumePoint } from '../../decode/decoder.ts';
import { pathOf, type Checkpoint, type KnownFile } from './checkpoint.ts';
import { missing } from './errno.ts';
import { isSameInode, isTelling, type Identity } from './identity.ts';
import { closeFiles, currentOf, filesOf, type LogFile } from './log-files.ts';
import { filesAfter, find, planFor, type Chosen, type Plan } from './plan.ts';
import { segmentOf, type Segment } from './segment.ts';

/** Where reading starts: the files that follow one another, open, and the point in them. */
export interface Start {
  readonly segments: readonly Segment[];
  /** Files before them that a checkpoint still names. */
  readonly kept: readonly KnownFile[];
  readonly point: ResumePoint;
  /** There are lines to be read. */
  readonly hasMore?: boolean;
}

/**
 * Goes on where a checkpoint points to, in whichever rotated or compressed file that is now. `real` is the log's path without
 * links. What cannot be had any more shows as the `loss` of the first segment. Rejects with the errno of the file system.
 */
export async function resumeAt(real: string, checkpoint: Checkpoint): Promise<Start> {
  return (
    (await whereItWas(real, checkpoint)) ?? start(await candidates(real, checkpoint), (all) => planFor(all, checkpoint))
  );
}

/** The log from its first byte, with all that lies there rotated. */
export async function fromBeginning(real: string): Promise<Start> {
  const begin = await start(await filesOf(real), (all) => {
    const files = all.filter(({ role }) => role !== 'other').map((found) => ({ found }));
    return { files, kept: [], point: { next: 0, open: {} } };
  });
  return { ...begin, hasMore: begin.segments.some(({ head }) => head.length > 0) };
}

/** Opens what was written after a file, oldest first; see {@link filesAfter}. The `base` of each is that of its turn. */
export async function openAfter(
  real: string,
  known: Identity | undefined,
  open: readonly Identity[],
  atMs: number,
): Promise<readonly Segment[]> {
  const { files, isLost } = await choose(await filesOf(real), (all) => filesAfter(all, known, open, atMs));
  return files.map(({ found }, index) => segmentOf(found, 0, isLost && index === 0 ? 'removed' : undefined));
}

/** Opens the copy that was made of a file before it was emptied; undefined when there is none that reaches to `position`. */
export async function openCopy(
  real: string,
  known: Identity,
  position: number,
  base: number,
): Promise<Segment | undefined> {
  const { files } = await choose(await filesOf(real), (all) => {
    const rotated = all.filter(({ role }) => role === 'rotated');
    const found = rotated[find(rotated, known, position)];
    return { files: found === undefined ? [] : [{ found }] };
  });
  return files[0] && segmentOf(files[0].found, base);
}

/** Most logs are not rotated while nobody looks: then nothing else needs to be. */
async function whereItWas(real: string, { point, files }: Checkpoint): Promise<Start | undefined> {
  const known = files.at(-1) ?? files[0];
  if (readFrom(point) < known.base || !isTelling(known.identity)) return undefined;
  const found = await currentOf(real);
  if (found === undefined) return undefined;
  if (isSameInode(known.identity, found.identity) && find([found], known.identity, point.next - known.base) === 0)
    return { segments: [segmentOf(found, known.base)], kept: files.slice(0, -1), point };
  await closeFiles([found]);
  return undefined;
}

/** The log's files, and those of the place where a link led to when the checkpoint was taken. */
async function candidates(real: string, checkpoint: Checkpoint): Promise<readonly LogFile[]> {
  const now = await filesOf(real);
  const last = pathOf(checkpoint);
  if (dirname(last) === dirname(real) && basename(last).startsWith(basename(real))) return now;
  const there = await filesOf(last).catch((): readonly LogFile[] => []);
  const isKnown = ({ identity }: LogFile): boolean => now.some((file) => isSameInode(file.identity, identity));
  await closeFiles(there.filter(isKnown));
  return [...there.filter((file) => !isKnown(file)), ...now];
}

async function start(all: readonly LogFile[], plan: (all: readonly LogFile[]) => Plan): Promise<Start> {
  const { files, kept, point, loss } = await choose(all, plan);
  if (files.length === 0) throw missing('the log');
  const segments = files.map(({ found, base, bytesMax }, index) => ({
    ...segmentOf(found, base ?? point.next, index === 0 ? loss : undefined),
    ...(bytesMax !== undefined && { bytesMax }),
  }));
  return { segments, kept, point };
}

/** What is chosen of the files; all others are closed. Rejects with the errno of one that cannot be read. */
async function choose<P extends { readonly files: readonly Chosen[] }>(
  all: readonly LogFile[],
  plan: (all: readonly LogFile[]) => P,
): Promise<P> {
  let chosen: readonly LogFile[] = [];
  try {
    const made = plan(all);
    for (const { found } of made.files) if (found.file instanceof Error) throw found.file;
    chosen = made.files.map(({ found }) => found);
    return made;
  } finally {
    await closeFiles(all.filter((file) => !chosen.includes(file)));
  }
}
