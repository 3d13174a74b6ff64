import { openBytes, type ByteFile } from './byte-file.ts';
import { orMissing } from './errno.ts';
import { beginsAs, identityOf, isSameInode, type Identity } from './identity.ts';
import { readHead, type LogFile } from './log-files.ts';

/** Why lines are lost for good: their file went away unread, was emptied unread, or is a broken archive. */
export type Loss = 'removed' | 'truncated' | 'corrupt';

/** One file of a log, open. `base` is the offset of its first byte in the log as a whole, rotated files included. */
export interface Segment {
  readonly file: ByteFile;
  readonly path: string;
  readonly identity: Identity;
  /** What it began with when its identity was taken. */
  readonly head: Buffer;
  readonly base: number;
  /** Where reading ends although the file may go on: what lies behind was read already. */
  readonly bytesMax?: number;
  /** Lines before its first are lost. */
  readonly loss?: Loss;
}

/** Opens a file that was found; undefined when another one lies there by now. Rejects with the errno of the file system. */
export async function openSegment(found: LogFile, base: number): Promise<Segment | undefined> {
  const file = await orMissing(openBytes(found.path));
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    const head = await readHead(file);
    const isIt = stats.isFile() && isSameInode(found.identity, stats) && beginsAs(found.identity, head);
    if (isIt) return { file, path: found.path, head, base, identity: identityOf(stats, head) };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

/** The segment with its identity as it is now: a file that was short has more to know it by. */
export async function identifyAgain(segment: Segment): Promise<Segment> {
  const head = await readHead(segment.file);
  return { ...segment, head, identity: identityOf(await segment.file.stat(), head) };
}

/** False when the file was emptied and written anew since its identity was taken. */
export async function isUnchanged({ file, head }: Segment): Promise<boolean> {
  if (head.length === 0) return true;
  const now = Buffer.alloc(head.length);
  return (await file.read(now, 0)) === now.length && head.equals(now);
}

export async function closeAll(segments: readonly Segment[]): Promise<void> {
  for (const { file } of segments) await file.close();
}
