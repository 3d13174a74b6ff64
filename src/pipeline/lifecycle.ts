import type { Logger } from 'pino';
import type { Clock, Random } from '../core/clock.ts';
import { createCrew, type Member } from './crew.ts';
import { supervise } from './supervise.ts';

/** A part of the running program: it ends when the signal aborts, or by itself when its work is done. */
export interface Part {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}

export interface SourcePart extends Part {
  /** Another version of the same name takes its place as soon as it has ended. */
  readonly version: string;
}

/** A way out: told first to deliver what is due and end, then to end at once. */
export interface OutletPart {
  readonly name: string;
  readonly version: string;
  run(drain: AbortSignal, stop: AbortSignal): Promise<void>;
  /** Asks to end after the attempt under way, because it is exchanged or removed. */
  retire(): void;
  /** Called when it has ended for good. */
  close(): Promise<void>;
}

/** Looks for a reason to exchange parts. */
export interface WatchPart {
  readonly name: string;
  run(exchange: (parts: Parts) => void, signal: AbortSignal): Promise<void>;
}

/** All that a configuration makes run. */
export interface Parts {
  readonly sources: readonly SourcePart[];
  readonly outlets: readonly OutletPart[];
}

export interface Lifecycle extends Parts {
  /** Goes on until all others have ended. */
  readonly upkeep: Part;
  /** Runs as long as the sources are wanted and may exchange parts: those of the same name and version go on undisturbed. */
  readonly watch?: WatchPart | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** How long the outlets may take from the end of the sources to their own. */
  readonly drainMs: number;
  /** What is wrong with a part, undefined when it runs or is gone. */
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
  const fail = (error: unknown): void => {
    failures.push(error);
    for (const one of [quit, drain, hard]) one.abort();
  };
  const start: Start = (name, run, signal) => {
    const onState = (trouble: string | undefined): void => life.onState(name, trouble);
    return supervise(run, signal, { clock, random, log: log.child({ part: name }), onState }).catch(fail);
  };
  const sources = createCrew();
  const outlets = createCrew();
  const exchange = (parts: Parts): void => {
    outlets.set(parts.outlets.map((part) => outletMember(part, start, drain.signal, hard.signal, fail)));
    sources.set(parts.sources.map((part) => sourceMember(part, start)));
  };
  const onStop = (): void => quit.abort();
  stop.addEventListener('abort', onStop, { once: true });
  quit.signal.addEventListener('abort', () => sources.close(), { once: true });

  const upkeep = start(life.upkeep.name, () => life.upkeep.run(hard.signal), hard.signal);
  exchange(life);
  if (stop.aborted) quit.abort();
  const { watch } = life;
  const watching = watch && start(watch.name, () => watch.run(exchange, quit.signal), quit.signal);
  await sources.ended();
  quit.abort();
  await watching;
  log.info(stop.aborted ? 'stopping: delivering what is due' : 'all input is read: delivering what is due');
  const early = new AbortController();
  void clock.sleep(life.drainMs, early.signal).then(() => hard.abort());
  drain.abort();
  await outlets.ended();
  early.abort();
  await upkeep;
  stop.removeEventListener('abort', onStop);
  if (failures.length > 0) throw failures[0];
}

/** Runs under supervision; never rejects. */
type Start = (name: string, run: () => Promise<void>, signal: AbortSignal) => Promise<void>;

function sourceMember(source: SourcePart, start: Start): Member {
  const { name, version } = source;
  const leaving = new AbortController();
  return {
    name,
    version,
    run: () => start(name, () => source.run(leaving.signal), leaving.signal),
    leave: () => leaving.abort(),
  };
}

function outletMember(
  outlet: OutletPart,
  start: Start,
  drain: AbortSignal,
  hard: AbortSignal,
  fail: (error: unknown) => void,
): Member {
  const { name, version } = outlet;
  return {
    name,
    version,
    run: () =>
      start(name, () => outlet.run(drain, hard), hard)
        .then(() => outlet.close())
        .catch(fail),
    leave: () => outlet.retire(),
  };
}
