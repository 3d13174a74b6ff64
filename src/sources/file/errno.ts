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

/** Linux's errnos that Node.js has no name for: it says `Unknown system error -116`. */
const unnamed: ReadonlyMap<number, string> = new Map([[-116, 'ESTALE']]);

/** The errno name of a file system error (`ENOENT`), `''` for anything else: our own errors and Node's `ERR_…` have a `code` too. */
export function errnoOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code)) return error.code;
  const errno = 'errno' in error && 'syscall' in error ? error.errno : undefined;
  return typeof errno === 'number' ? (unnamed.get(errno) ?? `ERRNO${Math.abs(errno)}`) : '';
}

/** There is nothing at a path any more. */
export function missing(path: string): Error {
  return Object.assign(new Error(`${path} is gone`), { code: 'ENOENT' });
}

/** The file system is in the middle of something: looked at later, it will be at rest. */
export function restless(path: string): Error {
  return Object.assign(new Error(`${path} is being rotated`), { code: 'EAGAIN' });
}

export function isRestless(error: unknown): boolean {
  return errnoOf(error) === 'EAGAIN';
}
