import { Memory, type Kept } from './memory.ts';

/**
 * The time by which rules wait. It follows the events while a backlog is read, so that a quarter of an hour of log is a quarter of an hour,
 * however fast it is read; without events it goes on with the system's clock. It never goes back, and stands still while herald does not run.
 */
export interface EventClock {
  readonly memory: Kept;
  /** An event happened at this time. */
  observe(atMs: number, nowMs: number): void;
  now(nowMs: number): number;
}

const key = 'now';

export function createEventClock(): EventClock {
  const memory = new Memory<number>();
  /** When the value in memory was set, by the system's clock. */
  let setMs: number | undefined;
  return { memory, observe, now };

  function observe(atMs: number, nowMs: number): void {
    // A clock that is ahead moves nothing beyond the present; the first event may be an old one.
    const known = memory.get(key) === undefined ? -Infinity : now(nowMs);
    memory.set(key, Math.max(known, Math.min(atMs, nowMs)));
    setMs = nowMs;
  }

  function now(nowMs: number): number {
    const last = memory.get(key);
    setMs ??= nowMs;
    return last === undefined ? nowMs : last + Math.max(0, nowMs - setMs);
  }
}
