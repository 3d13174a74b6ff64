import type { ByteFile } from './byte-file.ts';
import { identityOf, type Identity } from './identity.ts';
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

/** A file that was found, to be read. Throws when it cannot be. */
export function segmentOf({ file, path, identity, head }: LogFile, base: number, loss?: Loss): Segment {
  if (file instanceof Error) throw file;
  return { file, path, identity, head, base, ...(loss !== undefined && { loss }) };
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
