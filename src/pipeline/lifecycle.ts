import type { Logger } from 'pino';
import type { Clock, Random } from '../core/clock.ts';
import { supervise } from './supervise.ts';

/** A part of the running program: it ends when the signal aborts, or by itself when its work is done. */
export interface Part {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}

/** A way out: told first to deliver what is due and end, then to end at once. */
export interface DrainingPart {
  readonly name: string;
  run(drain: AbortSignal, stop: AbortSignal): Promise<void>;
}

export interface Lifecycle {
  readonly sources: readonly Part[];
  readonly outlets: readonly DrainingPart[];
  /** Goes on until all others have ended. */
  readonly upkeep: Part;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** How long the outlets may take from the end of the sources to their own. */
  readonly drainMs: number;
  /** What is wrong with a part, undefined when it runs. */
  readonly onState: (part: string, trouble: string | undefined) => void;
}

/**
 * Runs all parts until `stop` aborts or every source came to its end. Then the way down: sources finish the batch under way,
 * outlets deliver what is due for at most `drainMs`, upkeep ends last. A part that fails for a bug takes all others down, and
 * its error is what this rejects with.
 */
export async function runLifecycle(life: Lifecycle, stop: AbortSignal): Promise<void> {
  const { clock, random, log } = life;
  const quit = new AbortController();
  const drain = new AbortController();
  const hard = new AbortController();
  const failures: unknown[] = [];
  const start = (name: string, run: () => Promise<void>, signal: AbortSignal): Promise<void> => {
    const onState = (trouble: string | undefined): void => life.onState(name, trouble);
    return supervise(run, signal, { clock, random, log: log.child({ part: name }), onState }).catch(
      (error: unknown) => {
        failures.push(error);
        for (const one of [quit, drain, hard]) one.abort();
      },
    );
  };
  const onStop = (): void => quit.abort();
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) quit.abort();

  const upkeep = start(life.upkeep.name, () => life.upkeep.run(hard.signal), hard.signal);
  const outlets = life.outlets.map((outlet) =>
    start(outlet.name, () => outlet.run(drain.signal, hard.signal), hard.signal),
  );
  await Promise.all(life.sources.map((source) => start(source.name, () => source.run(quit.signal), quit.signal)));
  log.info(stop.aborted ? 'stopping: delivering what is due' : 'all input is read: delivering what is due');
  const early = new AbortController();
  void clock.sleep(life.drainMs, early.signal).then(() => hard.abort());
  drain.abort();
  await Promise.all(outlets);
  early.abort();
  await upkeep;
  stop.removeEventListener('abort', onStop);
  if (failures.length > 0) throw failures[0];
}
