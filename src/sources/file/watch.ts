import { dirname, join, resolve } from 'node:path';
import { watch } from 'chokidar';
import type { Clock } from '../../core/clock.ts';
import { errnoOf } from './errno.ts';

/** What woke a reader: names came or went, files were written to, or nothing did. */
export interface Wake {
  readonly kind: 'renamed' | 'changed' | 'quiet';
  /** Absolute paths of files that were written to. */
  readonly paths: ReadonlySet<string>;
}

/** Wakes a reader when something happened below its folders. What happened is for `stat` to say. */
export interface Watch {
  /** Resolves at the next event, at once when one came since the last call, or after `ms`. */
  next(ms: number, signal: AbortSignal): Promise<Wake>;
  /** Also watches the folder of a file that a link leads to: the link itself says nothing of a rotation there. */
  add(path: string): void;
  remove(path: string): void;
  close(): Promise<void>;
}

/**
 * Watches the fixed parts of the patterns, as deep as the patterns reach. Errors of the watcher are not fatal, each code is
 * told once: polling goes on.
 */
export function createWatch(patterns: readonly string[], clock: Clock, onError: (code: string) => void): Watch {
  let kind: Wake['kind'] = 'quiet';
  let paths = new Set<string>();
  let wake: AbortController | undefined;
  const notify = (what: 'changed' | 'renamed'): void => {
    if (kind !== 'renamed') kind = what;
    wake?.abort();
  };
  const roots = [...new Set(patterns.map((pattern) => baseOf(pattern).folder))];
  const depth = Math.max(...patterns.map((pattern) => baseOf(pattern).depth));
  const watcher = watch(roots, { ignoreInitial: true, atomic: false, depth });
  // The watcher holds a second change of a file back for 50 ms; its raw events come at once and are all that a wake-up needs.
  watcher.on('raw', (_event, name, details) => {
    for (const path of touched(name, details)) paths.add(path);
    notify('changed');
  });
  watcher.on('all', (event) => notify(event === 'change' ? 'changed' : 'renamed'));
  const told = new Set<string>();
  watcher.on('error', (error) => {
    const code = errnoOf(error);
    // What may not be read is told by whoever wants to read it.
    if (!told.has(code) && code !== 'EACCES') onError(code);
    told.add(code);
  });
  const folders = new Map<string, number>();
  return {
    async next(ms, signal) {
      if (kind === 'quiet' && !signal.aborted) {
        wake = new AbortController();
        const stop = (): void => wake?.abort();
        signal.addEventListener('abort', stop, { once: true });
        await clock.sleep(ms, wake.signal);
        signal.removeEventListener('abort', stop);
        wake = undefined;
      }
      const seen = { kind, paths };
      kind = 'quiet';
      paths = new Set();
      return seen;
    },
    add(path) {
      const folder = dirname(path);
      const users = folders.get(folder) ?? 0;
      folders.set(folder, users + 1);
      if (users === 0) watcher.add(folder);
    },
    remove(path) {
      const folder = dirname(path);
      const users = (folders.get(folder) ?? 0) - 1;
      if (users > 0) folders.set(folder, users);
      else if (folders.delete(folder)) watcher.unwatch(folder);
    },
    close: () => watcher.close(),
  };
}

/** The watcher names the file itself, or a folder of its and its name in there. */
function touched(name: unknown, details: unknown): readonly string[] {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return [];
  const { watchedPath } = details;
  if (typeof watchedPath !== 'string') return [];
  return typeof name === 'string' ? [resolve(watchedPath), resolve(join(watchedPath, name))] : [resolve(watchedPath)];
}

/** The folder above the first wildcard, and how many levels the pattern goes below it (`**` counts as eight). */
export function baseOf(pattern: string): { readonly folder: string; readonly depth: number } {
  const parts = pattern.split('/');
  const wild = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  const at = wild < 0 ? parts.length - 1 : wild;
  const below = parts.slice(at).reduce((levels, part) => levels + (part === '**' ? 8 : 1), 0);
  return { folder: parts.slice(0, at).join('/') || (pattern.startsWith('/') ? '/' : '.'), depth: below - 1 };
}
