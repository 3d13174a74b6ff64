import type { Place, Progress } from './place.ts';

/** A stream of the instance that is no more comes to its end within this time, whatever it still has to bring. */
export const restartGraceMs = 30_000;
/** The API tells a restart within this time. */
const toldMsMax = 60_000;

/** How a stream of "the instance that runs" came to its end. */
export interface StreamEnd {
  /** Where it began, and how far it came. */
  readonly opened: Place;
  readonly reached: Place;
  readonly livedMs: number;
  /** The API has told of a restart since. */
  readonly isTold: boolean;
  /** It came to its end by itself after the instance had ended: all of it is read. */
  readonly isWhole: boolean;
  /** It was cut off because it went on long after the restart was told: it was the next instance's. */
  readonly isNext: boolean;
}

/**
 * The progress after a stream. The API sends the log of the instance that runs when it is asked and tells of a restart only
 * later, so that a stream that follows another one may be the next instance's; until that is known, the place where certainty
 * ended is kept as the fork, from which the rest of the old instance can be read.
 */
export function afterStream(progress: Progress, end: StreamEnd): Progress {
  const { restarts, fork } = progress;
  const reached = { restarts, place: end.reached };
  if (end.isNext) return { ...reached, fork: fork ?? end.opened };
  if (end.isWhole) return reached;
  if (end.isTold) return fork === undefined ? reached : { ...reached, fork };
  const isCertain = fork === undefined || end.livedMs >= toldMsMax;
  return { ...reached, fork: isCertain ? end.reached : fork };
}
