import type { Logger } from 'pino';
import type { Clock, Random } from '../core/clock.ts';
import { createCrew, type Member } from './crew.ts';
import { supervise } from './supervise.ts';

/** A part of the running program: it ends when the signal aborts, or by itself when its work is done. */
export interface Part {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}

/** A part that is told first to do what there is to do and end (`drain`), then to end at once (`stop`). */
export interface DrainingPart {
  readonly name: string;
  /** Another version of the same name takes its place as soon as it has ended. */
  readonly version: string;
  run(drain: AbortSignal, stop: AbortSignal): Promise<void>;
}

/** A way in: reads what is written, or ends after the batch under way. */
export type SourcePart = DrainingPart;

/** A way out: delivers what is due, or ends after the attempt under way. */
export interface OutletPart extends DrainingPart {
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
  /** Runs as long as the sources are wanted, too. */
  readonly timer?: Part;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** How long a stop may take: half of it for reading to the end, three quarters until all deliveries end, the rest for closing. */
  readonly graceMs: number;
  /** What is wrong with a part, undefined when it runs or is gone. */
  readonly onState: (part: string, trouble: string | undefined) => void;
}

/**
 * Runs all parts until `stop` aborts or every source came to its end. Then the way down: sources read what is written, outlets
 * deliver what is due, upkeep ends last. What does not end in its share of `graceMs` is cut off; its rest is in the log or in
 * the journal. A part that fails for a bug takes all others down, and its error is what this rejects with.
 */
export async function runLifecycle(life: Lifecycle, stop: AbortSignal): Promise<void> {
  const { clock, random, log, graceMs } = life;
  const quit = new AbortController();
  const hard = new AbortController();
  const ended = new AbortController();
  const failures: unknown[] = [];
  const fail = (error: unknown): void => {
    failures.push(error);
    quit.abort();
    sources.cut();
    hard.abort();
  };
  const start: Start = (name, run, signal, hurry) => {
    const onState = (trouble: string | undefined): void => life.onState(name, trouble);
    const deps = { clock, random, log: log.child({ part: name }), onState, ...(hurry !== undefined && { hurry }) };
    return supervise(run, signal, deps).catch(fail);
  };
  const sources = createCrew();
  const outlets = createCrew();
  const exchange = (parts: Parts): void => {
    outlets.set(parts.outlets.map((part) => outletMember(part, start, hard.signal, fail)));
    sources.set(parts.sources.map((part) => sourceMember(part, start)));
  };
  const onQuit = async (): Promise<void> => {
    sources.close();
    // Reading has the larger share: what is not read may go with its log, what is not delivered stays in the journal.
    await clock.sleep(graceMs / 2, ended.signal);
    sources.cut();
    await clock.sleep(graceMs / 4, ended.signal);
    hard.abort();
  };
  const onStop = (): void => quit.abort();
  stop.addEventListener('abort', onStop, { once: true });
  quit.signal.addEventListener('abort', () => void onQuit(), { once: true });

  const upkeep = start(life.upkeep.name, () => life.upkeep.run(hard.signal), hard.signal);
  exchange(life);
  if (stop.aborted) quit.abort();
  const { watch, timer } = life;
  const watching = watch && start(watch.name, () => watch.run(exchange, quit.signal), quit.signal);
  const ticking = timer && start(timer.name, () => timer.run(quit.signal), quit.signal);
  await sources.ended();
  quit.abort();
  await Promise.all([watching, ticking]);
  log.info(stop.aborted ? 'stopping: delivering what is due' : 'all input is read: delivering what is due');
  outlets.close();
  await outlets.ended();
  ended.abort();
  await upkeep;
  stop.removeEventListener('abort', onStop);
  if (failures.length > 0) throw failures[0];
}

/** Runs under supervision; never rejects. */
type Start = (name: string, run: () => Promise<void>, signal: AbortSignal, hurry?: AbortSignal) => Promise<void>;

function sourceMember(source: SourcePart, start: Start): Member {
  const { name, version } = source;
  const drain = new AbortController();
  const stop = new AbortController();
  return {
    name,
    version,
    run: () => start(name, () => source.run(drain.signal, stop.signal), stop.signal, drain.signal),
    finish: () => drain.abort(),
    leave: () => {
      stop.abort();
      drain.abort();
    },
  };
}

function outletMember(outlet: OutletPart, start: Start, stop: AbortSignal, fail: (error: unknown) => void): Member {
  const { name, version } = outlet;
  const drain = new AbortController();
  return {
    name,
    version,
    run: () =>
      start(name, () => outlet.run(drain.signal, stop), stop)
        .then(() => outlet.close())
        .catch(fail),
    finish: () => drain.abort(),
    leave: () => outlet.retire(),
  };
}
