import type { Clock } from '../../core/clock.ts';
import { createBell, type Bell } from './bell.ts';
import type { ContainerStatus } from './pods.ts';

/** What the watch knows of a container, as it is now. */
export interface Feed {
  readonly status: ContainerStatus;
  /** The pod is deleted, or not selected any more: no log can be asked for. */
  readonly isGone: boolean;
  /** Rings when one of them changes. */
  readonly bell: Bell;
  /** Aborts when a stream that is still open should have ended, because its pod has been gone for long. */
  readonly late: AbortSignal;
  /** Calls back at each change, until the function that it returns is called. */
  onChange(listener: () => void): () => void;
}

export interface FeedControl extends Feed {
  update(status: ContainerStatus): void;
  leave(): void;
  /** Nobody reads it any more. */
  close(): void;
}

/** What a container wrote last is still coming when its pod is gone already. */
const goneMsMax = 30_000;

export function createFeed(first: ContainerStatus, clock: Clock): FeedControl {
  const bell = createBell(clock);
  const late = new AbortController();
  const closed = new AbortController();
  const listeners = new Set<() => void>();
  let status = first;
  let isGone = false;
  const change = (): void => {
    bell.ring();
    for (const listener of listeners) listener();
  };
  return {
    get status() {
      return status;
    },
    get isGone() {
      return isGone;
    },
    bell,
    late: late.signal,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    update(next) {
      const { restarts, state } = status;
      status = next;
      // Pods change for many reasons that are none to try again at once.
      if (next.restarts !== restarts || next.state !== state) change();
    },
    leave() {
      isGone = true;
      change();
      void clock.sleep(goneMsMax, closed.signal).then(() => late.abort());
    },
    close: () => closed.abort(),
  };
}
