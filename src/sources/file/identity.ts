import { hash } from 'node:crypto';
import { asObject, get, type Json } from '../../core/json.ts';
import { firstTime } from '../../decode/first-time.ts';

/**
 * How a file is known again: by inode, and by what it begins with, because an inode goes to another file and a compressed
 * copy has another inode. Right for a file of any size: a place behind the first record is known only when the record is.
 */
export interface Identity {
  readonly dev: number;
  readonly ino: number;
  /** The collector's time of the first record, to the nanosecond; empty when there is none (yet). */
  readonly time: string;
  /** Without such a time: how many of the first bytes `head` covers; 0 for a file that was empty. */
  readonly headBytes: number;
  /** Hash of those bytes. A log's text never goes into a checkpoint. */
  readonly head: string;
}

/** So much of a file is looked at to know it. */
export const headBytesMax = 1024;
/** Fewer bytes may stand at the head of any file. */
const telltaleBytesMin = 64;

/** The identity of a file that begins with these bytes, which are not compressed. */
export function identityOf(place: { readonly dev: number; readonly ino: number }, head: Buffer): Identity {
  const { dev, ino } = place;
  const time = firstTime(head);
  const bytes = time === '' ? head.subarray(0, headBytesMax) : head.subarray(0, 0);
  return { dev, ino, time, headBytes: bytes.length, head: hashOf(bytes) };
}

/** True when more bytes of the file cannot make it more exact. */
export function isFinal(identity: Identity): boolean {
  return identity.time !== '' || identity.headBytes >= headBytesMax;
}

/** True when what the file begins with is enough to know it by. */
export function isTelling(identity: Identity): boolean {
  return identity.time !== '' || identity.headBytes >= telltaleBytesMin;
}

/** True for the same inode, whatever it holds now. */
export function isSameInode(known: Identity, now: Pick<Identity, 'dev' | 'ino'>): boolean {
  return known.dev === now.dev && known.ino === now.ino;
}

/** True when a file that begins with these bytes can be the known one. */
export function beginsAs(known: Identity, head: Buffer): boolean {
  if (known.time !== '') return firstTime(head) === known.time;
  return head.length >= known.headBytes && hashOf(head.subarray(0, known.headBytes)) === known.head;
}

/** Reads an identity back from a checkpoint; undefined when it is none. */
export function readIdentity(value: Json | undefined): Identity | undefined {
  const from = asObject(value);
  const [dev, ino, headBytes] = ['dev', 'ino', 'headBytes'].map((key) => get(from, key));
  const [time, head] = ['time', 'head'].map((key) => get(from, key));
  if (typeof dev !== 'number' || typeof ino !== 'number' || typeof headBytes !== 'number') return undefined;
  return typeof time === 'string' && typeof head === 'string' ? { dev, ino, time, headBytes, head } : undefined;
}

function hashOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 32);
}
