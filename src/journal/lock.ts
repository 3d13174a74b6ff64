import { truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { OperationalError } from '../core/errors.ts';
import { isCorrupt, sqliteCode } from './failure.ts';
import { createFile, readOwner, writeOwner, type JournalFiles } from './files.ts';
import type { JournalLog } from './journal.ts';
import { secureModes } from './modes.ts';
import { isInPlace, placesOf } from './place.ts';

export interface Lock {
  /** False when its file has been removed or moved: another process can own the folder then. */
  isInPlace(): boolean;
  close(): void;
}

/**
 * Makes this process the owner of the folder until `close`, or throws OperationalError `journal_locked`, or `permission` when
 * anybody may write there. The lock is an
 * exclusive transaction on an empty database: the kernel lets go of it however the process ends, and readers of the journal's
 * own database are not in its way.
 */
export function acquireLock(files: JournalFiles, log: JournalLog): Lock {
  createFile(files.folder, files.lock);
  secureModes(files, log);
  const lock = lockFile(files);
  writeOwner(files, process.pid);
  const places = placesOf([files.lock]);
  return { isInPlace: () => places.every(isInPlace), close: () => lock.close() };
}

function lockFile(files: JournalFiles): DatabaseSync {
  const lock = new DatabaseSync(files.lock, { timeout: 0 });
  try {
    // No journal file beside it: nothing is ever written.
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA cache_size = 1; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (sqliteCode(error) === 5) throw lockedBy(files, error);
    if (!isCorrupt(error)) throw error;
    // Something was written into a file that has to be empty; nobody can hold a lock on that.
    truncateSync(files.lock, 0);
    return lockFile(files);
  }
}

function lockedBy(files: JournalFiles, cause: unknown): OperationalError {
  const pid = readOwner(files);
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new OperationalError('journal_locked', `journal ${files.folder} is in use by ${who}`, { cause });
}
