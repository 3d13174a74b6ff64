import { OperationalError, type OperationalCode } from '../core/errors.ts';

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

const errnoCodes: ReadonlyMap<string, OperationalCode> = new Map([
  ['EACCES', 'permission'],
  ['EPERM', 'permission'],
  ['EROFS', 'journal_unwritable'],
  ['ENOTDIR', 'journal_unwritable'],
  ['ENOENT', 'journal_unwritable'],
  ['EISDIR', 'journal_unwritable'],
  ['ENOSPC', 'disk_full'],
  ['EDQUOT', 'disk_full'],
  ['EIO', 'io'],
  ['EMFILE', 'io'],
  ['ENFILE', 'io'],
]);

/** The primary result code of an error from SQLite, undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** True when the file is damaged: SQLITE_CORRUPT, SQLITE_NOTADB or contents that our schema excludes. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === 11 || code === 26 || error instanceof CorruptError;
}

/** The OperationalError for what the world did; any other error comes back as it is, because it is a bug. */
export function translate(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  const code = sqliteCode(error);
  const errno = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const operational =
    error instanceof CorruptError ? 'io' : code === undefined ? errnoCodes.get(errno) : codes.get(code);
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
