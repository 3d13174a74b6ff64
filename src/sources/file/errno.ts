import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** `stat`, with undefined for a file that is not there (any more). Other errors reject. */
export async function statOrMissing(path: string): Promise<Stats | undefined> {
  return await orMissing(stat(path));
}

/** The outcome, or undefined when the path does not lead to a file (any more). Other errors reject. */
export async function orMissing<T>(outcome: Promise<T>): Promise<T | undefined> {
  try {
    return await outcome;
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
