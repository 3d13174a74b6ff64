/** How far the clock may be at most that rules wait by. */
export interface EventClockBound {
  /** An event was written. */
  observe(atMs: number, writtenMs: number): void;
  msMax(nowMs: number): number;
}

/**
 * That clock is set by the time of an event that is not in the future, goes on with the system's clock, never goes back, and stands still while
 * nobody runs. As nobody knows here how long that was, this is how far it has come if it never stood still.
 */
export function eventClock(): EventClockBound {
  let behindMs: number | undefined;
  return {
    observe(atMs, writtenMs) {
      behindMs = Math.min(behindMs ?? Infinity, Math.max(0, writtenMs - atMs));
    },
    msMax: (nowMs) => nowMs - (behindMs ?? 0),
  };
}
