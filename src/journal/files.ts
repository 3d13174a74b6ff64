import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { OperationalError } from '../core/errors.ts';

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

/**
 * Throws OperationalError `permission` when anybody may write a file of the journal, or the folder: what is in there is sent on as
 * if herald had read it. A folder that is a mount, or somebody else's, has the mode that who mounts it gave it: who else sees it
 * is decided there.
 */
export function refuseOpenToAll(files: JournalFiles): void {
  const { folder, database, lock } = files;
  const own = statSync(folder);
  const isMount = own.dev !== statSync(dirname(resolve(folder))).dev;
  if (isOpenToAll(own) && own.uid === process.getuid?.() && !isMount) throw openToAll(folder, 'chmod 700');
  for (const path of [database, `${database}-wal`, `${database}-shm`, lock]) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && isOpenToAll(stats)) throw openToAll(path, 'chmod 600');
  }
}

const writableByAll = 0o002;

function isOpenToAll({ mode }: Stats): boolean {
  return (mode & writableByAll) !== 0;
}

function openToAll(path: string, remedy: string): OperationalError {
  return new OperationalError(
    'permission',
    `anybody may write ${path}, so the journal cannot be trusted: ${remedy} ${path}`,
  );
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
  for (const suffix of ['', '-wal', '-shm']) {
    if (present.includes(files.database + suffix)) renameSync(files.database + suffix, aside + suffix);
  }
  const older = present.filter((name) => name.startsWith(`${files.database}.corrupt-`) && !name.startsWith(aside));
  const databases = older.filter((name) => !/-(?:wal|shm)$/.test(name)).sort();
  for (const name of databases.slice(0, Math.max(0, databases.length + 1 - asideMax))) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(name + suffix, { force: true });
  }
  return aside;
}
