import { watch } from 'chokidar';
import type { Clock } from '../../core/clock.ts';
import { errnoOf } from './errno.ts';

/** Wakes a reader when something happened below its folders. What happened is for `stat` to say. */
export interface Watch {
  /** Resolves at the next event, at once when one came since the last call, or after `ms`. */
  next(ms: number, signal: AbortSignal): Promise<'changed' | 'renamed' | 'quiet'>;
  close(): Promise<void>;
}

/** Watches the fixed parts of the patterns, as deep as the patterns reach. Errors of the watcher are not fatal: polling goes on. */
export function createWatch(patterns: readonly string[], clock: Clock, onError: (code: string) => void): Watch {
  let pending: 'changed' | 'renamed' | 'quiet' = 'quiet';
  let wake: AbortController | undefined;
  const notify = (kind: 'changed' | 'renamed'): void => {
    if (pending !== 'renamed') pending = kind;
    wake?.abort();
  };
  const roots = [...new Set(patterns.map((pattern) => baseOf(pattern).folder))];
  const depth = Math.max(...patterns.map((pattern) => baseOf(pattern).depth));
  const watcher = watch(roots, { ignoreInitial: true, atomic: false, depth });
  // The watcher holds a second change of a file back for 50 ms; its raw events come at once and are all that a wake-up needs.
  watcher.on('raw', () => notify('changed'));
  watcher.on('all', (event) => notify(event === 'change' ? 'changed' : 'renamed'));
  watcher.on('error', (error) => onError(errnoOf(error)));
  return {
    async next(ms, signal) {
      if (pending === 'quiet' && !signal.aborted) {
        wake = new AbortController();
        const stop = (): void => wake?.abort();
        signal.addEventListener('abort', stop, { once: true });
        await clock.sleep(ms, wake.signal);
        signal.removeEventListener('abort', stop);
        wake = undefined;
      }
      const seen = pending;
      pending = 'quiet';
      return seen;
    },
    close: () => watcher.close(),
  };
}

/** The folder above the first wildcard, and how many levels the pattern goes below it (`**` counts as eight). */
export function baseOf(pattern: string): { readonly folder: string; readonly depth: number } {
  const parts = pattern.split('/');
  const wild = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  const at = wild < 0 ? parts.length - 1 : wild;
  const below = parts.slice(at).reduce((levels, part) => levels + (part === '**' ? 8 : 1), 0);
  return { folder: parts.slice(0, at).join('/') || (pattern.startsWith('/') ? '/' : '.'), depth: below - 1 };
}
