import { hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { asObject, get, type Json } from '../../core/json.ts';

/** How a file is known again after a restart: by inode, and by its first bytes in case the inode went to another file. */
export interface Identity {
  readonly dev: number;
  readonly ino: number;
  /** How many of the first bytes `head` covers; 0 for a file that was empty. */
  readonly headBytes: number;
  /** Hash of those bytes. A log's text never goes into a checkpoint. */
  readonly head: string;
}

/** One file of a log, open. `base` is the offset of its first byte in the log as a whole, rotated files included. */
export interface Segment {
  readonly file: FileHandle;
  readonly path: string;
  readonly identity: Identity;
  readonly base: number;
}

/** So much of a file's head tells it from others; a CRI record begins with its time in nanoseconds. */
export const headBytesMax = 256;

/** Opens a file for reading and takes its identity. Rejects with the errno of the file system. */
export async function openSegment(path: string, base: number): Promise<Segment> {
  const file = await open(path, 'r');
  try {
    return { file, path, base, identity: await identify(file) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The identity of an open file as it is now. */
export async function identify(file: FileHandle): Promise<Identity> {
  const { dev, ino } = await file.stat();
  const { bytesRead, buffer } = await file.read(Buffer.alloc(headBytesMax), 0, headBytesMax, 0);
  return { dev, ino, headBytes: bytesRead, head: hashOf(buffer.subarray(0, bytesRead)) };
}

/** True when the open file is the one that a checkpoint names. */
export async function isSame(file: FileHandle, known: Identity): Promise<boolean> {
  const { dev, ino, size } = await file.stat();
  if (dev !== known.dev || ino !== known.ino || size < known.headBytes) return false;
  const { buffer } = await file.read(Buffer.alloc(known.headBytes), 0, known.headBytes, 0);
  return hashOf(buffer) === known.head;
}

/** Reads an identity back from a checkpoint; undefined when it is none. */
export function readIdentity(value: Json | undefined): Identity | undefined {
  const from = asObject(value);
  const dev = get(from, 'dev');
  const ino = get(from, 'ino');
  const headBytes = get(from, 'headBytes');
  const head = get(from, 'head');
  if (typeof dev !== 'number' || typeof ino !== 'number') return undefined;
  if (typeof headBytes !== 'number' || typeof head !== 'string') return undefined;
  return { dev, ino, headBytes, head };
}

function hashOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 32);
}
