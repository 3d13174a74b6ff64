import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { OperationalError } from '../core/errors.ts';
import { companions, createFile, type JournalFiles } from './files.ts';
import { saveInbox } from './inbox.ts';
import { placeOf } from './place.ts';
import type { Store } from './store.ts';

/**
 * Writes the open database to its path again, whole, after somebody removed or moved its files: SQLite goes on with files that have
 * no name, of which nothing is there at the next start. Opens the new one with `reopen` and closes the old one. Throws
 * OperationalError `journal_unwritable` when another file is there now, and what the world refuses; the old one can then go on.
 */
export function writeBack(files: JournalFiles, store: Store, nowMs: number, reopen: () => Store): Store {
  const { database } = files;
  requireFree(database, store);
  saveInbox(store, nowMs);
  const copy = `${database}.new`;
  rmSync(copy, { force: true });
  createFile(files.folder, copy);
  store.db.prepare('VACUUM INTO ?').run(copy);
  sync(copy);
  // Beside another database they would be taken for its own. SQLite forces the folder to the disk when it makes them again.
  for (const suffix of companions) rmSync(database + suffix, { force: true });
  renameSync(copy, database);
  // Also when it cannot be opened now: it is no other file then, and what there is if this process dies before the next try.
  store.places = store.places.map((place) => (place.path === database ? (placeOf(database) ?? place) : place));
  const next = reopen();
  store.db.close();
  return next;
}

function requireFree(database: string, { places }: Store): void {
  const now = placeOf(database);
  if (now === undefined || places.some(({ path, ino }) => path === database && ino === now.ino)) return;
  const remedy = 'stop herald before its journal is exchanged; without that file it is written back';
  throw new OperationalError('journal_unwritable', `another file is in the place of ${database}: ${remedy}`);
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
