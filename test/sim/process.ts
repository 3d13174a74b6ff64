import { runApp, type AppDeps, type RunSummary } from '../../src/app.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Config } from '../../src/config/config.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { ServerViews } from '../../src/server/server.ts';
import { settled } from '../support/clock.ts';
import { assertHead, assertKept, totalsOf, type Totals } from './checks.ts';
import { Crash, endangered, type Fate } from './journal.ts';
import type { SendHooks } from './receiver.ts';
import { assertSealed, drawKeys } from './keys.ts';
import { openRows, type Rows } from './rows.ts';
import { configOf, moveFolder, takeSnapshot, type Snapshot, type World } from './world.ts';

/** How long a stop may take. */
export const graceMs = 10_000;

/** One life of the daemon: the whole program, with its clock, its journal and its way to the network in our hands. */
export class Process {
  readonly fate: Fate;
  /** What is in flight, by the name of the destination; none without. */
  readonly sending = new Map<string, readonly (readonly Delivery[])[]>();
  readonly stop = new AbortController();
  /** Called with the journal before the program closes it. */
  atEnd: (journal: Journal) => void = () => undefined;
  /** What it said at its end; undefined as long as it runs. */
  summary: RunSummary | undefined;
  readonly #world: World;
  #journal: Journal | undefined;
  #rows: Rows | undefined;
  /** When the head of each queue is due, as long as nothing changes it. */
  readonly #due = new Map<string, number>();
  #before: Totals = new Map();
  #views: ServerViews | undefined;
  /** What a power cut would leave. */
  #durable: Snapshot | undefined;
  #failure: unknown;
  #version = 0;
  #exchange: (config: Config) => void = () => undefined;

  private constructor(world: World, fate: Fate) {
    this.#world = world;
    this.fate = fate;
  }

  /** Starts the program and lets it come to rest. */
  static async start(world: World, fate: Fate): Promise<Process> {
    world.keys = drawKeys(world.plan, world.dice);
    const process = new Process(world, fate);
    void process.#run();
    await settled();
    return process;
  }

  /** The journal behind the back of the program. */
  get journal(): Journal {
    return present(this.#journal);
  }

  /** What is in its file. */
  get rows(): Rows {
    return present(this.#rows);
  }

  /** The journal's counters when the program began. */
  get before(): Totals {
    return this.#before;
  }

  /** When the head of a destination's queue is due, ms; never when it is empty. */
  readonly dueOf = (name: string): number => {
    const due = this.#due.get(name) ?? this.journal.nextDue(name, this.#world.clock.now()) ?? Infinity;
    this.#due.set(name, due);
    return due;
  };

  get views(): ServerViews {
    return present(this.#views);
  }

  /** Throws what the program failed with, if it did. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Exchanges all parts by a configuration that differs. */
  reload(): void {
    this.#version += 1;
    this.#world.say('reloads');
    this.#exchange(this.#config());
  }

  /** Ends it as `kill -9` does, or a power cut. */
  async kill(): Promise<void> {
    const world = this.#world;
    const { folder } = world;
    this.fate.dead = true;
    await settled();
    this.check();
    world.say('is dead');
    const left = world.plan.power ? present(this.#durable) : takeSnapshot(folder);
    if (world.plan.keys === 'one') assertSealed(left.values());
    moveFolder(world, left);
    this.journal.close();
    // The last to leave would tidy up what is of no use any more.
    this.#rows?.close();
  }

  async #run(): Promise<void> {
    try {
      this.summary = await runApp(this.#config(), this.#deps(), this.stop.signal);
    } catch (error) {
      if (!(error instanceof Crash)) this.#failure ??= error;
    }
  }

  #config(): Config {
    return configOf(this.#world, this.#hooks(), `version ${this.#version}`);
  }

  #hooks(): SendHooks {
    return {
      begin: ({ plan }, batch, serials) => {
        const { name } = plan;
        if (this.fate.dead) throw new Crash();
        const flying = this.sending.get(name) ?? [];
        this.#world.say(`${name} is sent ${serials.join(' ')}`);
        assertHead(this.journal, plan, batch, flying, this.#world.clock.now());
        this.sending.set(name, [...flying, batch]);
      },
      end: ({ plan: { name } }, batch) => {
        const flying = (this.sending.get(name) ?? []).filter((one) => one !== batch);
        if (flying.length === 0) this.sending.delete(name);
        else this.sending.set(name, flying);
        return !this.fate.dead;
      },
    };
  }

  #deps(): AppDeps {
    const world = this.#world;
    return {
      clock: mortal(world.clock, this.fate),
      random: () => world.dice.share(),
      log: world.log,
      stdin: process.stdin,
      env: {},
      stdout: () => Promise.resolve(),
      colours: false,
      graceMs,
      feed: {
        load: () => this.#config(),
        poke: () => undefined,
        next: (signal) =>
          new Promise((resolve) => {
            this.#exchange = resolve;
            signal.addEventListener('abort', () => resolve(undefined), { once: true });
          }),
      },
      openJournal: (options, deps) => this.#open(openJournal(options, deps)),
      startServer: (_options, views) => {
        this.#views = views;
        return Promise.resolve({ port: 0, close: () => Promise.resolve() });
      },
    };
  }

  #open(journal: Journal): Journal {
    const world = this.#world;
    this.#journal = journal;
    this.#before = totalsOf(journal);
    const durable = (): void => {
      if (world.plan.power) this.#durable = takeSnapshot(world.folder);
    };
    durable();
    const rows = openRows(world.folder, world.keys);
    this.#rows = rows;
    // What a crash left must be whole.
    if (world.nextSerial > 0) assertKept(world, journal, rows);
    return endangered(journal, this.fate, world.dice, {
      died: () => world.say('dies in an operation of the journal'),
      changed: () => this.#due.clear(),
      durable,
      closing: () => {
        assertKept(world, journal, rows);
        this.atEnd(journal);
        rows.close();
      },
    });
  }
}

/** A clock on which the dead never wake. */
function mortal(clock: Clock, fate: Fate): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        void clock.sleep(ms, signal).then(() => {
          if (!fate.dead) resolve();
        });
      }),
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the process has not come that far');
  return value;
}
