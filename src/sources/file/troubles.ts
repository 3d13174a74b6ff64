import type { Logger } from 'pino';
import { errnoOf } from './errno.ts';

/** Says once what is wrong with a path, once more when it changes, and when it is over. */
export interface Troubles {
  /** An error of the file system; any other is thrown. */
  add(path: string, error: unknown): void;
  /** A pattern that matches nothing, or whose folder is not there. */
  missing(path: string, what: 'file' | 'folder'): void;
  settle(path: string): void;
}

const advice: ReadonlyMap<string, string> = new Map([
  ['file', 'no file matches yet; looking again every second'],
  ['folder', 'log folder is missing; it is picked up when it appears'],
  ['EACCES', denied()],
  ['EPERM', denied()],
  ['EISDIR', 'this is a folder: name the files in it, as in /logs/*.log'],
  ['EMFILE', 'too many open files: raise the limit of the process (ulimit -n); the others wait'],
  ['ENFILE', 'too many open files on this machine; the others wait'],
]);
const other = 'cannot read the log; trying again';
/** What holds for the process and not for one file is said once. */
const common: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

export function createTroubles(log: Logger): Troubles {
  const known = new Map<string, string>();
  const tell = (path: string, what: string, fields: object): void => {
    const key = common.has(what) ? what : path;
    if (known.get(key) === what) return;
    known.set(key, what);
    log.warn({ path, ...fields }, advice.get(what) ?? other);
  };
  return {
    add(path, error) {
      const code = errnoOf(error);
      if (!(error instanceof Error) || code === '') throw error;
      tell(path, code, { code, detail: error.message });
    },
    missing: (path, what) => tell(path, what, {}),
    settle(path) {
      if (known.delete(path)) log.info({ path }, 'found');
    },
  };
}

function denied(): string {
  return (
    'permission denied: herald needs to read the file and to search its folders, for example as a member of the group that ' +
    'owns them (supplementalGroups); it is read as soon as it may be'
  );
}
