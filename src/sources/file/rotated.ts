import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file that a rotation may have left beside a log. */
export interface Sibling {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
}

/**
 * The files of one log in the order in which they were written: `0.log.<time>` or `x.log.1` first, the log itself last.
 * Ordered by modification time, because the kubelet's names sort forwards and logrotate's backwards. Compressed files are left out.
 */
export async function filesOf(path: string): Promise<readonly Sibling[]> {
  const prefix = `${basename(path)}.`;
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && !/\.(?:gz|tmp)$/.test(name));
  const found: { sibling: Sibling; mtimeMs: number }[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const info = await statOrMissing(file);
    if (info?.isFile() === true) {
      found.push({ sibling: { path: file, dev: info.dev, ino: info.ino }, mtimeMs: info.mtimeMs });
    }
  }
  const rotated = found.toSorted((a, b) => a.mtimeMs - b.mtimeMs).map(({ sibling }) => sibling);
  const current = await statOrMissing(path);
  return current?.isFile() === true ? [...rotated, { path, dev: current.dev, ino: current.ino }] : rotated;
}

/** `stat`, with undefined for a file that is not there (any more). Other errors reject. */
export async function statOrMissing(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** True for the errno of a path that does not lead to a file. */
export function isMissing(error: unknown): boolean {
  const code = errnoOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESTALE';
}

/** The errno name of a file system error (`ENOENT`), `''` for anything else: our own errors and Node's `ERR_…` have a `code` too. */
export function errnoOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : '';
}
