import { DatabaseSync } from 'node:sqlite';
import type { Codec } from './codec.ts';
import { CorruptError } from './failure.ts';
import { requireKeys } from './forms.ts';
import type { JournalOptions } from './journal.ts';
import { migrate } from './schema.ts';
import { walBytesMax } from './wal.ts';

/** Events are about 1 to 2 KB: four to eight to a page, and half the system calls of SQLite's default. */
const pageBytes = 8192;
/** How long a statement waits for a reader that is in its way. */
export const busyMs = 5000;
/** Small tables whose pages are few: checked whole at every start. The large ones are checked by using them. */
const smallTables = ['meta', 'destination', 'rule', 'checkpoint', 'line_count', 'rule_state'];

/**
 * Opens the owner's database, brings its schema up to date and looks whether it is sound. Throws what SQLite throws.
 * `pagesMax` makes SQLite report a full disk earlier; for tests.
 */
export function openDatabase(path: string, options: JournalOptions, codec: Codec, pagesMax?: number): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: busyMs, enableForeignKeyConstraints: false });
  try {
    const walBytes = walBytesMax(options);
    // The order matters: the first two only count in a new file, before its first page is written.
    db.exec(`
      PRAGMA page_size = ${pageBytes};
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = ${Math.round(walBytes / pageBytes)};
      PRAGMA journal_size_limit = ${walBytes};
      PRAGMA cache_size = -3072;
      PRAGMA temp_store = MEMORY;
      PRAGMA secure_delete = FAST;
      ${pagesMax === undefined ? '' : `PRAGMA max_page_count = ${pagesMax};`}
    `);
    migrate(db, path);
    // Before anything is read: what cannot be deciphered is not damaged.
    requireKeys(db, codec, path);
    check(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Throws when what every run needs cannot be read. */
function check(db: DatabaseSync): void {
  for (const table of smallTables) {
    const verdict = db.prepare(`PRAGMA quick_check('${table}')`).get()?.['quick_check'];
    if (verdict !== 'ok') throw new CorruptError(`${table}: ${String(verdict)}`);
  }
  db.exec(`
    SELECT min(seq), max(seq) FROM event;
    SELECT min(seq), max(seq) FROM delivery;
    SELECT max(seq) FROM notification;
    SELECT (SELECT due_at FROM delivery INDEXED BY delivery_pending WHERE destination = d.id AND state = 0 ORDER BY seq LIMIT 1)
      FROM destination d;
  `);
}
