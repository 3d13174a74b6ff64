import type { Clock } from '../core/clock.ts';

const bytesMax = 1024 * 1024;
const ageMsMax = 30_000;

/** What was written to a connection lately: all that can have been under way when it broke. */
export interface Recent {
  add(bytes: Uint8Array): void;
  /** The bytes that are not older than what a connection lost now may have taken with it; the oldest first. */
  bytes(): readonly Uint8Array[];
  clear(): void;
}

/** Keeps at most the last MiB of the last 30 s: more than both ends' buffers hold, and older than they hold anything. */
export function createRecent(clock: Clock): Recent {
  let kept: { readonly bytes: Uint8Array; readonly at: number }[] = [];
  const forget = (): void => {
    const now = clock.monotonic();
    let room = bytesMax;
    const first = kept.findLastIndex(({ bytes, at }) => (room -= bytes.length) < 0 || now - at > ageMsMax);
    if (first >= 0) kept = kept.slice(first + 1);
  };
  return {
    add(bytes) {
      kept.push({ bytes, at: clock.monotonic() });
      forget();
    },
    bytes() {
      forget();
      return kept.map(({ bytes }) => bytes);
    },
    clear() {
      kept = [];
    },
  };
}
