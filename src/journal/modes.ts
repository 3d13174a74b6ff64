import { chmodSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { OperationalError } from '../core/errors.ts';
import { errnoOf } from './errno.ts';
import { isJournalFile, type JournalFiles } from './files.ts';
import type { JournalLog } from './journal.ts';

const writableByAll = 0o002;
const byAll = 0o007;
const byOthers = 0o077;
/** What is made in such a folder belongs to its group: it was given to a group on purpose, as Kubernetes does for `fsGroup`. */
const setGroup = 0o2000;

/**
 * Throws OperationalError `permission` when anybody may write a file of the journal, or the folder: what is in there is sent on as
 * if herald had read it; and for a link in the place of a file. Then makes the files 0600 and the folder 0700 where they are ours, and
 * tells of the rest. A folder that is a mount has the mode that who mounted it gave it (an `emptyDir` is 0777): who else sees it is
 * decided there.
 */
export function secureModes(files: JournalFiles, log: JournalLog): void {
  const folder = realpathSync(files.folder);
  const stats = statSync(folder);
  const isMount = stats.dev !== statSync(dirname(folder)).dev || isBound(folder);
  const present = readdirSync(folder);
  const own = present.filter(isJournalFile).flatMap((name) => {
    const path = join(files.folder, name);
    // Another process of herald's may remove one meanwhile.
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found === undefined ? [] : [{ path, stats: found }];
  });
  if (!isMount) refuseOpenToAll(files.folder, stats, 'chmod 700');
  for (const { path, stats: found } of own) {
    refuseOther(path, found);
    refuseOpenToAll(path, found, 'chmod 600');
  }
  for (const { path, stats: found } of own) {
    if (!tighten(path, found, byOthers))
      log.error({ path, mode: octal(found) }, 'others than herald may read the journal, and this cannot be changed');
  }
  const shared = stats.mode & setGroup ? byAll : byOthers;
  if (isMount || (stats.mode & shared) === 0) return;
  if (own.length < present.length || !tighten(folder, stats, shared))
    log.info({ path: files.folder, mode: octal(stats) }, 'others than herald may see which files the journal has');
}

/** True for a folder that is mounted from another place of the same file system, as far as Linux tells. */
function isBound(folder: string): boolean {
  try {
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    // proc_pid_mountinfo(5): the fifth field, with octal escapes for blanks and the like.
    return lines.some((line) => line.split(' ', 5)[4]?.replaceAll(/\\(\d{3})/g, unescaped) === folder);
  } catch (error) {
    if (errnoOf(error) === '') throw error;
    return false;
  }
}

function unescaped(_escape: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 8));
}

/** What a link stands for would be written and closed to all others, wherever that is. A folder cannot be opened, which is said then. */
function refuseOther(path: string, found: Stats): void {
  if (found.isFile() || found.isDirectory()) return;
  const what = found.isSymbolicLink() ? 'a link' : 'no file';
  throw new OperationalError('permission', `${path} is ${what}, and herald made none: remove it`);
}

function refuseOpenToAll(path: string, { mode }: Stats, remedy: string): void {
  if ((mode & writableByAll) === 0) return;
  throw new OperationalError(
    'permission',
    `anybody may write ${path}, so the journal cannot be trusted: ${remedy} ${path}`,
  );
}

/** Takes these bits of its mode from what is ours. False when they stay. */
function tighten(path: string, { mode, uid }: Stats, bits: number): boolean {
  if ((mode & bits) === 0) return true;
  if (uid !== process.getuid?.()) return false;
  try {
    chmodSync(path, mode & 0o7777 & ~bits);
    return true;
  } catch (error) {
    // Some file systems have one mode for all, which only who mounts them can change.
    if (errnoOf(error) === '') throw error;
    return errnoOf(error) === 'ENOENT';
  }
}

function octal({ mode }: Stats): string {
  return (mode & 0o7777).toString(8);
}
