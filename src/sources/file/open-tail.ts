import { realpath } from 'node:fs/promises';
import type { Json } from '../../core/json.ts';
import { pathOf, readCheckpoint, type KnownFile } from './checkpoint.ts';
import { missing, orMissing } from './errno.ts';
import { isTelling } from './identity.ts';
import { closeFiles, currentOf, filesOf } from './log-files.ts';
import { fromBeginning, resumeAt } from './resume.ts';
import { segmentOf } from './segment.ts';
import { Tail, type TailOptions } from './tail.ts';

/**
 * Starts to read a log: at its checkpoint, without one at the beginning of its oldest file or at its end. A checkpoint that cannot
 * be read counts as one that was lost: all that is there is read, for the journal knows what it has. Rejects with the errno
 * of the file system.
 */
export async function openTail(
  path: string,
  options: TailOptions,
  from: Json | undefined,
  at: 'beginning' | 'end',
): Promise<Tail> {
  const checkpoint = from === undefined ? undefined : readCheckpoint(from);
  // The log itself may be missing while a rotated file of it is still to be read.
  const real = (await orMissing(realpath(path))) ?? (checkpoint === undefined ? path : pathOf(checkpoint));
  if (from === undefined && at === 'end') return await fromEnd(path, real, options);
  if (checkpoint === undefined) return new Tail(path, options, await fromBeginning(real));
  return new Tail(path, options, await resumeAt(real, checkpoint), checkpoint.newest);
}

async function fromEnd(path: string, real: string, options: TailOptions): Promise<Tail> {
  const found = await currentOf(real);
  if (found === undefined) throw missing(path);
  const segment = segmentOf(found, 0);
  try {
    const next = await behindLastLine(segment.file);
    const kept = isTelling(segment.identity) ? [] : await newestRotated(real);
    return new Tail(path, options, { segments: [segment], kept, point: { next, open: {} } });
  } catch (error) {
    await segment.file.close();
    throw error;
  }
}

/** By the file before it an empty one is found again. */
async function newestRotated(real: string): Promise<readonly KnownFile[]> {
  const all = await filesOf(real);
  await closeFiles(all);
  const rotated = all.findLast(({ role }) => role === 'rotated');
  return rotated === undefined ? [] : [{ path: rotated.path, identity: rotated.identity, base: 0 }];
}

const newline = 10;
const lookBackBytes = 64 * 1024;

/** A line that is being written is news. */
async function behindLastLine(file: {
  size(): Promise<number>;
  read(buffer: Buffer, position: number): Promise<number>;
}): Promise<number> {
  const size = await file.size();
  const from = Math.max(0, size - lookBackBytes);
  const buffer = Buffer.alloc(size - from);
  const bytes = await file.read(buffer, from);
  const at = buffer.subarray(0, bytes).lastIndexOf(newline);
  return at < 0 ? size : from + at + 1;
}
