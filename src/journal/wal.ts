import type { DatabaseSync } from 'node:sqlite';
import { statSync } from 'node:fs';
import type { JournalLog, JournalOptions } from './journal.ts';
import { int } from './row.ts';

const mebibyte = 1024 * 1024;
/** Above the limit by so much it has not been emptied when it should have been several times. */
const limitsMax = 4;
/** A search over the whole journal or a copy of its files may take a while. */
const patienceMs = 5 * 60_000;

/** The write-ahead log of an open database, and whether something keeps it from being emptied. */
export interface Wal {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly bytesMax: number;
  readonly log: JournalLog;
  /** Since when what is in it cannot go into the database, ms. */
  stuckSinceMs: number | undefined;
  isSaid: boolean;
}

/**
 * How long the write-ahead log may get until it goes into the database. A checkpoint writes each page once however often it
 * changed, so a long one is faster; but it takes disk space too.
 */
export function walBytesMax({ maxBytes }: JournalOptions): number {
  return Math.round(Math.min(16 * mebibyte, Math.max(mebibyte, maxBytes / 16)));
}

export function createWal(db: DatabaseSync, database: string, options: JournalOptions, log: JournalLog): Wal {
  const path = `${database}-wal`;
  return { db, path, bytesMax: walBytesMax(options), log, stuckSinceMs: undefined, isSaid: false };
}

/** Moves what is in the WAL into the database; false when a reader still needs some of it. Throws what SQLite throws. */
export function checkpoint({ db }: Wal): boolean {
  const row = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() ?? {};
  return int(row, 'busy') === 0 && int(row, 'checkpointed') === int(row, 'log');
}

/**
 * To be called every second. SQLite keeps it to itself when it cannot empty the WAL after a commit, which then grows until the disk
 * is full: above some multiple of its limit this tries itself, so that an error is thrown, and a reader that is in the way for
 * minutes is said once.
 */
export function watchWal(wal: Wal, nowMs: number): void {
  const bytes = statSync(wal.path, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes <= wal.bytesMax * limitsMax || checkpoint(wal)) {
    if (wal.isSaid) wal.log.info({ bytes }, 'the write-ahead log of the journal can be emptied again');
    wal.stuckSinceMs = undefined;
    wal.isSaid = false;
    return;
  }
  // The clock may have been set back.
  wal.stuckSinceMs = Math.min(wal.stuckSinceMs ?? nowMs, nowMs);
  if (wal.isSaid || nowMs - wal.stuckSinceMs < patienceMs) return;
  wal.isSaid = true;
  wal.log.error(
    { path: wal.path, bytes },
    'the write-ahead log of the journal grows and cannot be emptied: another program has been reading the journal for minutes',
  );
}
