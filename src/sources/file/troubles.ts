import type { Logger } from 'pino';

/** Says once what is wrong with a path, once more when it changes, and when it is over. */
export interface Troubles {
  add(path: string, what: string, detail?: string): void;
  settle(path: string): void;
}

export function createTroubles(log: Logger): Troubles {
  const known = new Map<string, string>();
  return {
    add(path, what, detail) {
      if (known.get(path) === what) return;
      known.set(path, what);
      if (what === 'no match') log.warn({ path }, 'no file matches yet; looking again every second');
      else if (what === 'ENOENT') log.warn({ path }, 'log folder is missing; it is picked up when it appears');
      else log.warn({ path, code: what, ...(detail !== undefined && { detail }) }, 'cannot read the log; trying again');
    },
    settle(path) {
      if (known.delete(path)) log.info({ path }, 'found');
    },
  };
}
