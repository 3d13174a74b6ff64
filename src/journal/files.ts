import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files in a journal's folder. */
export interface JournalFiles {
  readonly folder: string;
  readonly database: string;
  /** Empty; only its lock matters. */
  readonly lock: string;
  /** The owner's process id, for people. */
  readonly owner: string;
}

/** More files put aside than this are evidence of a bad disk, and would fill it. */
const asideMax = 3;

export function journalFiles(folder: string): JournalFiles {
  return {
    folder,
    database: join(folder, 'herald.db'),
    lock: join(folder, 'lock.db'),
    owner: join(folder, 'owner'),
  };
}

/** What SQLite puts behind a database's name for the files that belong to it. */
export const companions = ['-wal', '-shm'];

/** What a running journal has open. */
export function openPaths({ database, lock }: JournalFiles): readonly string[] {
  return [database, ...companions.map((suffix) => database + suffix), lock];
}

/** Makes the folder (0700) and an empty file (0600) where there is none; SQLite gives its other files the same mode. */
export function createFile(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    // Never opened when it exists: closing any descriptor of it would drop the locks that this process has on it.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** True for the name of a file that herald itself puts into the folder. */
export function isJournalFile(name: string): boolean {
  return /^(?:herald|lock)\.db|^(?:owner|write-probe)$/.test(name);
}

export function writeOwner(files: JournalFiles, pid: number): void {
  writeFileSync(files.owner, `${pid}\n`, { mode: 0o600 });
}

/** The process id in the owner file; undefined when there is none. */
export function readOwner(files: JournalFiles): string | undefined {
  try {
    return /^\d{1,10}$/m.exec(readFileSync(files.owner, 'utf8'))?.[0];
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** Renames the database with its companions to `herald.db.corrupt-<time>`; keeps the three newest of those. */
export function putAside(files: JournalFiles, nowMs: number): string {
  const aside = `${files.database}.corrupt-${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '')}`;
  const present = readdirSync(files.folder).map((name) => join(files.folder, name));
  for (const suffix of ['', ...companions]) {
    if (present.includes(files.database + suffix)) renameSync(files.database + suffix, aside + suffix);
  }
  const older = present.filter((name) => name.startsWith(`${files.database}.corrupt-`) && !name.startsWith(aside));
  const databases = older.filter((name) => !/-(?:wal|shm)$/.test(name)).sort();
  for (const name of databases.slice(0, Math.max(0, databases.length + 1 - asideMax))) {
    for (const suffix of ['', ...companions]) rmSync(name + suffix, { force: true });
  }
  return aside;
}
