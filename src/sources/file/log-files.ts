import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseTimeNs } from '../../decode/time.ts';
import type { ByteFile } from './byte-file.ts';
import { errnoOf, isMissing, restless, statOrMissing } from './errno.ts';
import { headBytesMax, identityOf, isSameInode, type Identity } from './identity.ts';
import { openBytes } from './open-bytes.ts';

/** A file that belongs to a log, open, as it was when it was looked at. */
export interface LogFile {
  readonly path: string;
  readonly identity: Identity;
  /** Its first bytes; none when they could not be read. */
  readonly head: Buffer;
  /** In bytes as they were written, before compression. */
  readonly size: number;
  readonly mtimeMs: number;
  /** `current`: the log itself; `rotated`: a name that a rotation gives; `other`: only begins like one. */
  readonly role: 'current' | 'rotated' | 'other';
  /** The file, or why it could not be opened or read. */
  readonly file: ByteFile | Error;
}

/** While its folder is listed a log may be rotated; a second look nearly always sees it at rest. */
const looksMax = 5;

/**
 * The files of one log in the order in which they were written: `0.log.<time>.gz`, `x.log.1` and the like first, the log
 * itself last. All are open, because a name and even an inode may be another file's a moment later: whoever asks closes those
 * that are not needed. `path` is no link. Rejects with the errno of the file system when the folder cannot be read, and with
 * EAGAIN when the files do not come to rest.
 */
export async function filesOf(path: string): Promise<readonly LogFile[]> {
  for (let look = 0; look < looksMax; look += 1) {
    const names = await namesOf(path);
    const found: LogFile[] = [];
    try {
      for (const [name, role] of names) {
        const file = await inspect(join(dirname(path), name), role);
        if (file !== undefined) found.push(file);
      }
      if (await isAtRest(path, names, found)) return ordered(found);
      await closeFiles(found);
    } catch (error) {
      await closeFiles(found);
      throw error;
    }
  }
  throw restless(path);
}

/** Closes files that were looked at. */
export async function closeFiles(files: readonly LogFile[]): Promise<void> {
  for (const { file } of files) if (!(file instanceof Error)) await file.close();
}

/** Whether anything of a log is left. Rejects with the errno of the file system. */
export async function hasFiles(path: string): Promise<boolean> {
  return (await namesOf(path)).size > 0;
}

/** Names that belong to the log. While a file is compressed both are there; the plain one goes last, so it is whole. */
async function namesOf(path: string): Promise<ReadonlyMap<string, LogFile['role']>> {
  const names = new Set(await readdir(dirname(path)));
  const roles = new Map<string, LogFile['role']>();
  for (const name of names) {
    const role = roleOf(name, basename(path));
    if (role !== undefined && !(name.endsWith(gz) && names.has(name.slice(0, -gz.length)))) roles.set(name, role);
  }
  return roles;
}

/** A file that was renamed from a name not looked at to one that was would be missing. */
async function isAtRest(
  path: string,
  names: ReadonlyMap<string, LogFile['role']>,
  found: readonly LogFile[],
): Promise<boolean> {
  for (const file of found) {
    const now = await statOrMissing(file.path);
    if (now === undefined || !isSameInode(file.identity, now)) return false;
  }
  const now = await namesOf(path);
  return now.size === names.size && [...names.keys()].every((name) => now.has(name));
}

function ordered(found: readonly LogFile[]): readonly LogFile[] {
  const isTimed = found.every((file) => file.role === 'other' || file.size === 0 || begunNs(file) !== undefined);
  const order = isTimed ? byTime : byName;
  return found.toSorted((a, b) => Number(a.role === 'current') - Number(b.role === 'current') || order(a, b));
}

/** The log itself, open, without those that were rotated; undefined when it is not there. */
export async function currentOf(path: string): Promise<LogFile | undefined> {
  return await inspect(path, 'current');
}

/** The log that a name which matches a pattern belongs to: itself, or what it was rotated from. Undefined for half an archive. */
export async function logOf(path: string): Promise<string | undefined> {
  if (path.endsWith('.tmp')) return undefined;
  const log = path.replace(/[.-](?:\d[\d.-]*|old|bak|prev)(?:\.gz)?$/, '');
  if (log === path || log.endsWith('/')) return path;
  return log.endsWith('.log') || (await statOrMissing(log))?.isFile() === true ? log : path;
}

/** The first record's time, ns; undefined when the file's head has none. */
export function begunNs({ identity }: { readonly identity: Identity }): bigint | undefined {
  return parseTimeNs(identity.time);
}

const gz = '.gz';
/** What the kubelet, Docker and logrotate put behind a log's name. */
const rotation = /^[.-](?:\d[\d.-]*|old|bak|prev)(?:\.gz)?$/;

function roleOf(name: string, base: string): LogFile['role'] | undefined {
  if (name === base) return 'current';
  if (!name.startsWith(base) || name.endsWith('.tmp')) return undefined;
  const behind = name.slice(base.length);
  if (rotation.test(behind)) return 'rotated';
  return behind.startsWith('.') ? 'other' : undefined;
}

async function inspect(path: string, role: LogFile['role']): Promise<LogFile | undefined> {
  // A pipe or a device is not even opened.
  const stats = await statOrMissing(path);
  if (stats?.isFile() !== true) return undefined;
  let file: ByteFile | undefined;
  try {
    file = await openBytes(path);
    const opened = await file.stat();
    const head = await readHead(file);
    const size = await file.size();
    return { path, identity: identityOf(opened, head), head, size, mtimeMs: opened.mtimeMs, role, file };
  } catch (error) {
    await file?.close();
    if (isMissing(error)) return undefined;
    if (!(error instanceof Error) || errnoOf(error) === '') throw error;
    // It may not even be needed.
    const head = Buffer.alloc(0);
    const { size, mtimeMs } = stats;
    return { path, identity: identityOf(stats, head), head, size, mtimeMs, role, file: error };
  }
}

/** The first bytes of an open file, as they are now. */
export async function readHead(file: { read(buffer: Buffer, position: number): Promise<number> }): Promise<Buffer> {
  const head = Buffer.alloc(headBytesMax);
  return head.subarray(0, await file.read(head, 0));
}

/**
 * By the time of the first record, if all have one: the kubelet's names are in local time, which an autumn night has twice, and
 * compression changes the modification time.
 */
function byTime(a: LogFile, b: LogFile): number {
  const [first, second] = [begunNs(a), begunNs(b)];
  if (first === undefined || second === undefined || first === second) return byName(a, b);
  return first < second ? -1 : 1;
}

/** Numbers count back from the newest, times forwards; other names tell nothing. */
function byName(a: LogFile, b: LogFile): number {
  const [first, second] = [suffixOf(a.path), suffixOf(b.path)];
  if (/^\d{1,5}$/.test(first) && /^\d{1,5}$/.test(second)) return Number(second) - Number(first);
  if (/^\d{8}/.test(first) && /^\d{8}/.test(second) && first !== second) return first < second ? -1 : 1;
  return a.mtimeMs - b.mtimeMs;
}

function suffixOf(path: string): string {
  return /[.-](\d[\d-]*)(?:\.gz)?$/.exec(path)?.[1] ?? '';
}
