import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.ts';
import { OperationalError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { gapEvent } from '../gap.ts';
import { createCut } from './cut.ts';
import type { Feed } from './feed.ts';
import { afterStream, restartGraceMs } from './fork.ts';
import { restartsGap } from './restarts-gap.ts';
import { explain } from './outcome.ts';
import type { Patience } from './patience.ts';
import { beginning, writeProgress, type Place, type Progress } from './place.ts';
import { findEnd, isInPrevious, readLog, type LogQuery, type Read, type ReadingDeps, type Target } from './reading.ts';

export interface ContainerDeps extends ReadingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly patience: Patience;
  /** Name of the source. */
  readonly source: string;
  /** Shared by all containers of the source; proven when a log could be read. */
  readonly access: { isProven: boolean };
}

/** Longer than any timer may be set is for ever. */
const foreverMs = 2 ** 31 - 1;
/** A stream that lasted this long was a good one, also when nothing was written. */
const settledMs = 10_000;
/** The instance that runs must not stay unread for the sake of one whose log is lost: after some minutes it goes on. */
const refusalsMax = 20;

/** Reads one container's log over all its restarts. */
export class ContainerLog {
  readonly #target: Target;
  readonly #feed: Feed;
  readonly #deps: ContainerDeps;
  #progress: Progress;
  /** The instance that has ended and is read to its end. */
  #finished = -1;
  /** How often the log of the instance before was refused. */
  #refusals = 0;

  constructor(target: Target, progress: Progress, feed: Feed, deps: ContainerDeps) {
    this.#target = target;
    this.#progress = progress;
    this.#feed = feed;
    this.#deps = deps;
  }

  /**
   * Reads until the pod is gone, or until `drain` aborts: then also what is written by now, unless `stop` aborts. Rejects with
   * OperationalError when logs may not be read at all.
   */
  async run(drain: AbortSignal, stop: AbortSignal): Promise<void> {
    const { commits } = this.#deps;
    while (!drain.aborted && !this.#feed.isGone) {
      const waitMs = await this.#step(drain);
      if (waitMs > 0) await this.#feed.bell.wait(waitMs, drain);
    }
    if (stop.aborted) return;
    if (this.#feed.isGone) await commits.add([[this.#target.key, null]]);
    else await this.#lastLook(stop);
  }

  /** Does what is next, and gives how many ms to wait after it. */
  async #step(signal: AbortSignal): Promise<number> {
    const { restarts, state } = this.#feed.status;
    const isFinished = this.#finished === this.#progress.restarts;
    if (this.#progress.restarts < restarts) return this.#toNext(restarts, isFinished, signal);
    if (state === 'waiting' || (state === 'ended' && isFinished)) return foreverMs;
    return this.#progress.atEnd === true ? this.#findEnd(signal) : this.#follow(signal);
  }

  /** Reads the instance that runs, or that ran last, as long as the server sends. */
  async #follow(signal: AbortSignal): Promise<number> {
    const { clock } = this.#deps;
    const feed = this.#feed;
    const opened = this.#progress.place;
    const isEnded = feed.status.state === 'ended';
    const startedMs = clock.monotonic();
    const cut = createCut(signal, feed.late);
    let isNext = false;
    const isTold = (): boolean => feed.status.restarts > this.#progress.restarts;
    const forget = feed.onChange(() => {
      if (!isTold()) return;
      void clock.sleep(restartGraceMs, cut.signal).then(() => {
        isNext ||= !cut.signal.aborted;
        cut.abort();
      });
    });
    const read = await this.#read({ follow: true }, isEnded, cut.signal, (place) => ({ ...this.#progress, place }));
    forget();
    cut.release();
    const isCut = cut.signal.aborted;
    // Nothing waits for this stream's end any more.
    cut.abort();
    const isWhole = read.end.status === 'ended' && !isNext && (isEnded || isTold());
    if (isWhole) this.#finished = this.#progress.restarts;
    const livedMs = clock.monotonic() - startedMs;
    const end = { opened, reached: read.place, livedMs, isTold: isTold(), isWhole, isNext };
    this.#progress = afterStream(this.#progress, end);
    return isWhole || isCut ? 0 : this.#waitMs(read, livedMs);
  }

  /** The container was started anew: reads what is left of the instance before, then the next one is due. */
  async #toNext(restarts: number, isFinished: boolean, signal: AbortSignal): Promise<number> {
    const { restarts: known, fork, place, atEnd } = this.#progress;
    if (restarts > known + 1 && atEnd !== true) return this.#skipTo(restarts - 1);
    if (!isFinished && atEnd !== true) {
      if (fork !== undefined) {
        const { end, isThere } = await isInPrevious(this.#target, place, this.#deps, signal);
        if (end.status !== 'ended') return signal.aborted ? 0 : this.#waitMs({ end, lines: 0 }, 0);
        if (isThere) this.#progress = { restarts: known, place };
      }
      const waitMs = await this.#readPrevious(signal);
      if (waitMs !== undefined) return waitMs;
    }
    this.#progress = { restarts, place: this.#progress.fork === undefined ? beginning : place };
    this.#refusals = 0;
    await this.#commit();
    return 0;
  }

  /** Undefined when it is read to its end, or gone; else how long to wait before it is tried again. */
  async #readPrevious(signal: AbortSignal): Promise<number | undefined> {
    const { restarts, fork, place } = this.#progress;
    const at = (reached: Place): Progress =>
      fork === undefined ? { restarts, place: reached } : { restarts, place, fork: reached };
    const read = await this.#read({ previous: true }, true, signal, at);
    this.#progress = at(read.place);
    if (read.end.status === 'ended') return undefined;
    if (read.end.status === 'refused') this.#refusals += 1;
    const isRemoved = read.end.status === 'refused' && read.end.code === 400;
    if (!isRemoved && this.#refusals < refusalsMax) return signal.aborted ? 0 : this.#waitMs(read, 0);
    this.#deps.log.warn(
      this.#about(),
      'the log of the container before the last restart is not there: its last lines may be missing',
    );
    return undefined;
  }

  /** The API has the last two instances only: those in between ran unread, and what they wrote is lost. */
  async #skipTo(restarts: number): Promise<number> {
    const { commits, clock, log, source } = this.#deps;
    const gap = restartsGap(source, this.#target, this.#progress, restarts);
    const between = { from: this.#progress.restarts, until: restarts };
    log.error(
      { ...this.#about(), ...between },
      'the container was restarted several times while nobody read it: lines are lost',
    );
    this.#progress = { restarts, place: beginning };
    const events = [gapEvent(gap, clock.now())];
    await commits.add([[this.#target.key, writeProgress(this.#progress)]], { events, counts: {}, newest: undefined });
    return 0;
  }

  /** Goes to the end of the log as it is now, which is where reading starts. */
  async #findEnd(signal: AbortSignal): Promise<number> {
    const { place, end } = await findEnd(this.#target, this.#deps, signal);
    if (end.status !== 'ended') return signal.aborted ? 0 : this.#waitMs({ end, lines: 0 }, 0);
    this.#progress = { restarts: this.#progress.restarts, place };
    await this.#commit();
    return 0;
  }

  /** What is written by now, without waiting for more: the container's log may be gone at the next start. */
  async #lastLook(signal: AbortSignal): Promise<void> {
    const { restarts, state } = this.#feed.status;
    if (this.#progress.atEnd === true || state === 'waiting') return;
    if (this.#progress.restarts < restarts)
      await this.#toNext(restarts, this.#finished === this.#progress.restarts, signal);
    if (this.#progress.restarts < restarts || this.#finished === restarts) return;
    await this.#read({}, state === 'ended', signal, (place) => ({ ...this.#progress, place }));
  }

  async #read(query: LogQuery, isFinal: boolean, signal: AbortSignal, at: (place: Place) => Progress): Promise<Read> {
    const { access, patience, log } = this.#deps;
    const { fork, place } = this.#progress;
    const onOpen = (): void => {
      access.isProven = true;
      patience.recovered();
    };
    const from = query.previous === true ? (fork ?? place) : place;
    const checkpoint = (reached: Place): Json => writeProgress(at(reached));
    const read = await readLog(this.#target, { place: from, query, isFinal, checkpoint, onOpen, signal }, this.#deps);
    if (read.missing !== undefined)
      log.info(
        { ...this.#about(), ...read.missing },
        'the log was rotated between two reads: what stood at its end may be missing',
      );
    return read;
  }

  #commit(): Promise<void> {
    return this.#deps.commits.add([[this.#target.key, writeProgress(this.#progress)]]);
  }

  /** What a request that did not bring everything means for the next one. */
  #waitMs({ end, lines }: Pick<Read, 'end' | 'lines'>, livedMs: number): number {
    const { patience, access } = this.#deps;
    if (lines > 0 || livedMs > settledMs) patience.reset();
    if (end.status === 'quiet') return 0;
    // 400: no container to read from yet. 404: the pod is gone, which the watch will say.
    if (end.status === 'ended' || (end.status === 'refused' && (end.code === 400 || end.code === 404)))
      return patience.idle();
    const why = explain(end, { verb: 'get', resource: 'pods/log', namespace: this.#target.namespace });
    if (end.status === 'refused' && end.code === 403 && !access.isProven) throw new OperationalError('permission', why);
    return patience.failed(why, end.afterMs);
  }

  #about(): object {
    const { pod, container } = this.#target;
    return { pod, container };
  }
}
