import { OperationalError, type OperationalCode } from '../core/errors.ts';
import { errnoOf } from './errno.ts';
import { refusedWrite } from './probe.ts';

/** The database holds what it cannot hold. Never leaves this folder: the file is put aside and a new one begun. */
export class CorruptError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CorruptError';
  }
}

/** SQLite's primary result codes (sqlite3.h) that are the world's doing. */
const codes: ReadonlyMap<number, OperationalCode> = new Map([
  [3, 'permission'], // SQLITE_PERM
  [5, 'io'], // SQLITE_BUSY: only this process writes, so something else holds the file
  [6, 'io'], // SQLITE_LOCKED
  [8, 'journal_unwritable'], // SQLITE_READONLY
  [10, 'io'], // SQLITE_IOERR
  [11, 'io'], // SQLITE_CORRUPT
  [13, 'disk_full'], // SQLITE_FULL
  [14, 'journal_unwritable'], // SQLITE_CANTOPEN
  [23, 'permission'], // SQLITE_AUTH
  [26, 'io'], // SQLITE_NOTADB
]);

/** SQLite's extended result codes of writes that failed: _WRITE, _FSYNC, _DIR_FSYNC, _TRUNCATE, _SHMOPEN, _SHMSIZE, _SHMMAP. */
const failedWrites: ReadonlySet<number> = new Set([3, 4, 5, 6, 18, 19, 21].map((kind) => 10 | (kind << 8)));

const errnoCodes: ReadonlyMap<string, OperationalCode> = new Map([
  ['EACCES', 'permission'],
  ['EPERM', 'permission'],
  ['EROFS', 'journal_unwritable'],
  ['ENOTDIR', 'journal_unwritable'],
  ['ENOENT', 'journal_unwritable'],
  ['EISDIR', 'journal_unwritable'],
  ['EEXIST', 'journal_unwritable'],
  ['ENOSPC', 'disk_full'],
  ['EDQUOT', 'disk_full'],
  ['EIO', 'io'],
  ['EMFILE', 'io'],
  ['ENFILE', 'io'],
]);

/** What SQLite calls a disk I/O error and is none. It knows a full disk by itself, but not always: fsync may be the first to tell. */
const refusals: ReadonlyMap<string, { readonly code: OperationalCode; readonly why: string }> = new Map([
  ['EDQUOT', { code: 'disk_full', why: 'the disk quota is exceeded (EDQUOT)' }],
  ['ENOSPC', { code: 'disk_full', why: 'no space is left (ENOSPC)' }],
  ['EROFS', { code: 'journal_unwritable', why: 'the disk is read-only (EROFS)' }],
]);

/** The primary result code of an error from SQLite, undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

function isFailedWrite(error: Error): boolean {
  return 'errcode' in error && typeof error.errcode === 'number' && failedWrites.has(error.errcode);
}

/** True when the file is damaged: SQLITE_CORRUPT, SQLITE_NOTADB or contents that our schema excludes. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === 11 || code === 26 || error instanceof CorruptError;
}

/**
 * The OperationalError for what the world did to the journal in the folder `path`; any other error comes back as it is, because
 * it is a bug. After a failed write it writes a small file there to learn why.
 */
export function translate(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  const refused = isFailedWrite(error) ? refusals.get(refusedWrite(path)) : undefined;
  if (refused !== undefined) {
    const { code, why } = refused;
    return new OperationalError(code, `journal ${path}: ${error.message}: ${why}`, { cause: error });
  }
  const code = sqliteCode(error);
  const operational =
    error instanceof CorruptError ? 'io' : code === undefined ? errnoCodes.get(errnoOf(error)) : codes.get(code);
  if (operational === undefined) return error;
  return new OperationalError(operational, `journal ${path}: ${error.message}`, { cause: error });
}

/** Runs something that touches the journal's files and translates what the world refuses. */
export function translated<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(error, path);
  }
}
