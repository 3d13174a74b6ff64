import { realpath } from 'node:fs/promises';
import { matchesGlob, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Json } from '../../core/json.ts';
import { isMissing, isRestless, orMissing, statOrMissing } from './errno.ts';
import { findLogs } from './find-logs.ts';
import { openTail } from './open-tail.ts';
import { Parked } from './parked.ts';
import type { Pending } from './pending.ts';
import type { Tail, TailOptions } from './tail.ts';
import { createTroubles, type Troubles } from './troubles.ts';
import { Vanished } from './vanished.ts';
import type { Watch } from './watch.ts';

export interface LogsDeps extends TailOptions {
  readonly patterns: readonly string[];
  readonly startAt: 'beginning' | 'end';
  /** So many logs are open at the same time; of more, those that are quiet take turns. */
  readonly openMax: number;
  readonly log: Logger;
  readonly watch: Watch;
  readonly pending: Pending;
  /** Those that the journal holds when the source starts. */
  readonly checkpoints: ReadonlyMap<string, Json>;
}

interface Open {
  readonly tail: Tail;
  /** Where its file lies when the name is a link. */
  readonly real: string;
}

/** The logs of one source: which there are, which are open, and where each is read from. */
export class Logs {
  readonly #deps: LogsDeps;
  readonly #troubles: Troubles;
  readonly #open = new Map<string, Open>();
  /** The log by the places of its file, as the watcher names them. */
  readonly #byFile = new Map<string, string>();
  readonly #parked = new Parked();
  readonly #vanished: Vanished;
  readonly #checkpoints: Map<string, Json>;
  #isFirstScan = true;

  constructor(deps: LogsDeps) {
    this.#deps = deps;
    this.#troubles = createTroubles(deps.log);
    this.#checkpoints = new Map(deps.checkpoints);
    this.#vanished = new Vanished(deps);
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** The open logs; with `changed` only those whose file is among these. */
  among(changed: ReadonlySet<string> | undefined): readonly (readonly [string, Tail])[] {
    const paths =
      changed === undefined ? this.#open.keys() : [...changed].flatMap((file) => this.#byFile.get(file) ?? []);
    return [...new Set(paths)].flatMap((path) => {
      const tail = this.#open.get(path)?.tail;
      return tail === undefined ? [] : [[path, tail] as const];
    });
  }

  /** Looks for logs that came, and for files that took the place of known ones. */
  async scan(): Promise<void> {
    for await (const path of findLogs(this.#deps.patterns, this.#troubles)) {
      try {
        const known = this.#open.get(path);
        if (known !== undefined) await known.tail.look();
        else if (!this.#parked.has(path)) await this.#start(path);
      } catch (error) {
        this.#trouble(path, error);
      }
    }
    this.#isFirstScan = false;
    for (const path of this.#checkpoints.keys()) {
      if (this.#open.has(path)) this.#vanished.forget(path);
      else await this.#lookForMissing(path);
    }
  }

  /** Opens parked logs again to which something happened; false when there was no room for all of them. */
  async unpark(): Promise<boolean> {
    for (const path of await this.#parked.changed()) {
      if (this.#open.size >= this.#deps.openMax && !(await this.#parkOne())) return false;
      this.#parked.delete(path);
      try {
        await this.#start(path);
      } catch (error) {
        this.#trouble(path, error);
      }
    }
    return true;
  }

  /** It was read without an error. */
  settle(path: string): void {
    this.#troubles.settle(path);
  }

  /** One log that cannot be read is no trouble of the others. It is opened again where its last committed read ended. */
  async fail(path: string, error: unknown): Promise<void> {
    await this.remove(path);
    this.#trouble(path, error);
  }

  async remove(path: string): Promise<void> {
    const open = this.#open.get(path);
    if (open === undefined) return;
    this.#open.delete(path);
    for (const file of [open.real, resolve(path)]) this.#byFile.delete(file);
    if (open.real !== resolve(path)) this.#deps.watch.remove(open.real);
    await open.tail.close();
  }

  /** The journal has these now: a log that is opened again goes on there. */
  committed(checkpoints: ReadonlyMap<string, Json>): void {
    for (const [path, checkpoint] of checkpoints) {
      if (checkpoint === null) this.#checkpoints.delete(path);
      else this.#checkpoints.set(path, checkpoint);
    }
  }

  async close(): Promise<void> {
    for (const path of this.#open.keys()) await this.remove(path);
  }

  async #start(path: string): Promise<void> {
    const { startAt, openMax, pending, watch, log } = this.#deps;
    const saved = this.#checkpoints.get(path);
    // A file without a checkpoint that was not there at the first look is new: all of it is news.
    const at = this.#isFirstScan ? startAt : 'beginning';
    const tail = await openTail(path, this.#deps, saved, at);
    const real = (await orMissing(realpath(path))) ?? resolve(path);
    if (real !== resolve(path)) watch.add(real);
    this.#open.set(path, { tail, real });
    for (const file of [real, resolve(path)]) this.#byFile.set(file, path);
    if (saved === undefined) pending.start(path, tail.checkpoint());
    log.info({ path, from: saved === undefined ? at : 'checkpoint' }, 'reading');
    if (this.#open.size > openMax) await this.#park(path, tail);
  }

  /** A log that has a checkpoint and is not open: it may have been rotated and not be there again yet. */
  async #lookForMissing(path: string): Promise<void> {
    const isMatched = this.#deps.patterns.some((one) => one === path || matchesGlob(resolve(path), resolve(one)));
    try {
      if ((await statOrMissing(path)) !== undefined) return;
      if (isMatched && !this.#parked.has(path)) await this.#start(path);
    } catch (error) {
      this.#trouble(path, error);
      if (!isMissing(error)) return;
    }
    if (this.#open.has(path)) return;
    const isRead = !isMatched || this.#parked.has(path);
    if (await this.#vanished.look(path, this.#checkpoints.get(path) ?? null, isRead)) this.#parked.delete(path);
  }

  /** Closes the log that has been quiet for longest; false when none is. */
  async #parkOne(): Promise<boolean> {
    for (const [path, { tail }] of this.#open) {
      if (!tail.isAtRest) continue;
      await this.#park(path, tail);
      return true;
    }
    return false;
  }

  async #park(path: string, tail: Tail): Promise<void> {
    this.#parked.add(path, tail.place);
    await this.remove(path);
  }

  #trouble(path: string, error: unknown): void {
    if (!isMissing(error) && !isRestless(error)) this.#troubles.add(path, error);
  }
}
