import { constants } from 'node:os';

/** The name of what the system refused, such as `ENOSPC`; empty for an error that is none of its. */
export function errnoOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  // Node has no name for it: its `code` is `UNKNOWN`.
  if ('errno' in error && error.errno === -constants.errno.EDQUOT) return 'EDQUOT';
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
