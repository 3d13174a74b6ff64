import { glob, opendir } from 'node:fs/promises';
import { orMissing, statOrMissing } from './errno.ts';
import { logOf } from './log-files.ts';
import type { Troubles } from './troubles.ts';
import { baseOf } from './watch.ts';

/**
 * The logs that match the patterns, each once. Links lead to files; folders, pipes and devices are left out, and so is what a
 * rotation makes of a log, because it is read as a part of that log. What is in the way goes to `troubles`.
 */
export async function* findLogs(patterns: readonly string[], troubles: Troubles): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (const pattern of patterns) {
    let found = 0;
    for await (const path of matches(pattern)) {
      const log = await fileAt(path, path !== pattern, troubles);
      if (log === undefined) continue;
      found += 1;
      if (!seen.has(log)) yield log;
      seen.add(log);
    }
    if (found > 0) troubles.settle(pattern);
    else if (!(await isBarred(pattern, troubles))) troubles.missing(pattern, 'file');
  }
}

/** A name that is there is meant as it is, whatever it looks like as a pattern. */
async function* matches(pattern: string): AsyncGenerator<string> {
  if ((await statOrMissing(pattern).catch(() => undefined)) !== undefined) yield pattern;
  else yield* glob(pattern);
}

/** The log that a match stands for; undefined for what is no log, or not yet. */
async function fileAt(path: string, isMatch: boolean, troubles: Troubles): Promise<string | undefined> {
  try {
    const log = isMatch ? await logOf(path) : path;
    const stats = log === undefined ? undefined : await statOrMissing(log);
    if (stats?.isDirectory() === true && !isMatch) throw Object.assign(new Error(path), { code: 'EISDIR' });
    return stats?.isFile() === true ? log : undefined;
  } catch (error) {
    troubles.add(path, error);
    return undefined;
  }
}

/** Among more folders than this it is not one that is in the way. */
const foldersMax = 20;

/** Whether a folder on the pattern's way is missing or may not be read, which a search passes over in silence. */
async function isBarred(pattern: string, troubles: Troubles): Promise<boolean> {
  const { folder } = baseOf(pattern);
  const folders = [folder];
  const parts = pattern.split('/');
  for (let depth = folder.split('/').length + 1; depth < parts.length; depth += 1) {
    for await (const path of glob(parts.slice(0, depth).join('/'))) {
      if (folders.length < foldersMax) folders.push(path);
    }
  }
  let barred = false;
  for (const path of folders) {
    try {
      const opened = await orMissing(opendir(path));
      await opened?.close();
      if (opened !== undefined) troubles.settle(path);
      else if (path === folder) troubles.missing(path, 'folder');
      barred ||= opened === undefined && path === folder;
    } catch (error) {
      troubles.add(path, error);
      barred = true;
    }
  }
  return barred;
}
