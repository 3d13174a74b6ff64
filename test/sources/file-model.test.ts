import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { systemClock, type Clock } from '../../src/core/clock.ts';
import { seeded } from '../bench/random.ts';
import { compress, logFolder, range, type LogFolder } from '../support/file-source.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { waitFor, type Collected } from '../support/source.ts';

// Random lives of a log, with restarts of the reader at random moments: what was written is what was read.
// HERALD_SEED=7 runs one of them, HERALD_SEEDS=1000 so many.

/** The waits of a source, shortened: what takes a second takes a thirtieth of it. */
const hurry = 30;
const fastClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * hurry,
  sleep: (ms, signal) => systemClock.sleep(ms / hurry, signal),
};

/** How a log is rotated, and which of its files a rotation removes. */
interface Layout {
  readonly name: string;
  readonly filesMax: number;
  rotate(log: string, round: number): void;
}

function rotatedOf(log: string): readonly string[] {
  return readdirSync(dirname(log))
    .map((name) => join(dirname(log), name))
    .filter((path) => path.startsWith(`${log}.`));
}

function kubelet(filesMax: number): Layout {
  return {
    name: `kubelet, ${filesMax} files`,
    filesMax,
    rotate(log, round) {
      const rotated = rotatedOf(log).toSorted();
      while (rotated.length > filesMax - 2) rmSync(rotated.shift() ?? '');
      for (const path of rotated) if (!path.endsWith('.gz')) compress(path);
      renameSync(log, `${log}.20260115-${String(round).padStart(6, '0')}`);
    },
  };
}

const docker: Layout = {
  name: 'numbers',
  filesMax: Infinity,
  rotate(log) {
    const numberOf = (path: string): number => Number(/\.(\d+)(?:\.gz)?$/.exec(path)?.[1]);
    for (const path of rotatedOf(log).toSorted((a, b) => numberOf(b) - numberOf(a))) {
      const next = path.replace(/\.\d+(\.gz)?$/, (_, gz: string | undefined) => `.${numberOf(path) + 1}${gz ?? ''}`);
      renameSync(path, next);
      if (!next.endsWith('.gz')) compress(next);
    }
    renameSync(log, `${log}.1`);
  },
};

class Life {
  readonly #random: () => number;
  readonly #folder: LogFolder;
  readonly #layout: Layout;
  readonly #read: Collected[] = [];
  #serial = 0;
  #accessLines = 0;
  #record = 0;
  #rounds = 0;
  #torn = '';
  readonly #story: string[] = [];

  constructor(seed: number, folder: LogFolder, layout: Layout) {
    const random = seeded(seed);
    this.#random = () => random.u32() / 0x1_0000_0000;
    this.#folder = folder;
    this.#layout = layout;
  }

  async run(actions: number): Promise<void> {
    this.#write(1);
    this.#start();
    // Before anything was read nobody can know what was there.
    await waitFor(() => this.serials().length === 1, 'the first line');
    for (let action = 0; action < actions; action += 1) {
      await this.#act(this.#random());
      if (this.#random() < 0.7) await systemClock.sleep(this.#random() * 20);
    }
    this.#finish();
    this.#write(1);
    const last = this.#serial - 1;
    await waitFor(
      () => this.serials().includes(last),
      `serial ${last} after ${JSON.stringify(this.serials().slice(-5))}`,
    );
  }

  serials(): readonly number[] {
    return this.#read.flatMap((out) => out.serials());
  }

  gaps(): number {
    return this.#read.reduce((sum, out) => sum + out.gaps().length, 0);
  }

  access(): number {
    return this.#read.reduce((sum, out) => sum + (out.counts.access ?? 0), 0);
  }

  get written(): { readonly events: number; readonly access: number } {
    return { events: this.#serial, access: this.#accessLines };
  }

  /** What happened, for whoever has to find out why. */
  story(): string {
    return [...this.#story, ...(this.#read.at(-1)?.log ?? [])].join('\n');
  }

  async #act(dice: number): Promise<void> {
    const names = readdirSync(dirname(this.#folder.log)).join(' ');
    const checkpoint = JSON.stringify(this.#read.at(-1)?.checkpoints.get(this.#folder.log));
    const read = this.serials();
    this.#story.push(
      `${dice.toFixed(2)}: ${this.#serial} written, ${read.length} read to ${read.at(-1)}; ${names}; ${checkpoint}`,
    );
    if (dice < 0.45) this.#write(1 + Math.floor(this.#random() * 20));
    else if (dice < 0.5) this.#tear();
    else if (dice < 0.55) this.#split();
    else if (dice < 0.75) this.#rotate();
    else if (dice < 0.9) await this.#restart();
    else {
      this.#finish();
      await waitFor(() => this.serials().length >= this.#serial || this.gaps() > 0, 'everything to be read');
    }
  }

  #start(): void {
    this.#read.push(this.#folder.start(this.#read.at(-1), {}, { clock: fastClock }));
  }

  async #restart(): Promise<void> {
    await this.#folder.stop();
    // While nobody reads, more may happen.
    for (let count = Math.floor(this.#random() * 3); count > 0; count -= 1) {
      if (this.#random() < 0.6) this.#rotate();
      this.#write(Math.floor(this.#random() * 5));
    }
    this.#start();
  }

  #append(text: string): void {
    appendFileSync(this.#folder.log, text);
  }

  #access(): string {
    this.#accessLines += 1;
    return this.#line(accessLine, 'F', 'stdout');
  }

  #line(text: string, tag: 'F' | 'P' = 'F', stream: 'stdout' | 'stderr' = 'stderr'): string {
    this.#record += 1;
    return cri(text, this.#record, tag, stream);
  }

  #write(events: number): void {
    this.#finish();
    for (let count = 0; count < events; count += 1) {
      this.#append(this.#line(eventLine(this.#serial)) + this.#access());
      this.#serial += 1;
    }
  }

  /** A record that is not written to its end yet. */
  #tear(): void {
    this.#finish();
    const record = this.#line(eventLine(this.#serial));
    this.#serial += 1;
    const at = Math.floor(this.#random() * record.length);
    this.#append(record.slice(0, at));
    this.#torn = record.slice(at);
  }

  /** A line in parts, between which anything may happen. */
  #split(): void {
    this.#finish();
    const text = eventLine(this.#serial);
    this.#serial += 1;
    this.#append(this.#line(text.slice(0, 70), 'P') + this.#access());
    this.#torn = this.#line(text.slice(70));
  }

  #finish(): void {
    if (this.#torn !== '') this.#append(this.#torn);
    this.#torn = '';
  }

  #rotate(): void {
    // The runtime writes whole records to a file; the parts of a line may lie in two.
    if (!this.#torn.startsWith('2026')) this.#finish();
    this.#rounds += 1;
    this.#layout.rotate(this.#folder.log, this.#rounds);
    writeFileSync(this.#folder.log, '');
  }
}

const only = process.env['HERALD_SEED'];
const count = Number(process.env['HERALD_SEEDS'] ?? 4);
const seeds = only === undefined ? range(1, count + 1) : [Number(only)];

for (const layout of [kubelet(1000), docker, kubelet(5)]) {
  test(`whatever becomes of a log, every line is read once and in order (${layout.name})`, async (context) => {
    for (const seed of seeds) {
      const folder = logFolder(context);
      const life = new Life(seed, folder, layout);
      const hint = `HERALD_SEED=${seed} (${layout.name})`;
      await life.run(60).catch((error: unknown) => assert.fail(`${hint}: ${String(error)}\n${life.story()}`));
      await folder.stop();
      const serials = life.serials();
      assert.deepEqual(
        serials.toSorted((a, b) => a - b),
        [...new Set(serials)].toSorted((a, b) => a - b),
        `${hint}: twice`,
      );
      assert.deepEqual(
        serials,
        serials.toSorted((a, b) => a - b),
        `${hint}: order`,
      );
      if (layout.filesMax === Infinity || layout.filesMax > 100) {
        assert.deepEqual(serials, range(0, life.written.events), hint);
        assert.equal(life.access(), life.written.access, hint);
        assert.equal(life.gaps(), 0, hint);
      } else if (serials.length < life.written.events) assert.ok(life.gaps() > 0, `${hint}: lost without a gap`);
    }
  });
}
