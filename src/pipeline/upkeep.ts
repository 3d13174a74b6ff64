import type { Clock } from '../core/clock.ts';
import type { Journal } from '../journal/journal.ts';

/** Between two looks whether there is something to do. */
const pauseMs = 1000;
/** Between two pieces of work, so that reading and delivering go on in between. */
const breathMs = 5;

/** Keeps the journal in shape (index, prune, shrink) in small pieces until the signal aborts. */
export async function runUpkeep(journal: Journal, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const more = journal.maintain(clock.now());
    await clock.sleep(more ? breathMs : pauseMs, signal);
  }
}
