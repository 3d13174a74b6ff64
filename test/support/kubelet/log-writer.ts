import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../../bench/random.ts';
import { accessLine, eventLine } from '../lines.ts';
import { lineBytesMax, type Ledger, type WriterOptions } from './ledger.ts';
import { recordsOf, secondName, timeText } from './records.ts';
import { copyTruncate, removeLog, shiftNumbers, tidyLikeKubelet } from './rotations.ts';

const startMicros = Date.parse('2026-01-15T09:00:00Z') * 1000;
const microsPerRecord = 137;

/**
 * Writes the log of one container as its runtime does: one write per record, the descriptor open for appending, events with
 * serial numbers from 0 among other lines. What it writes follows from the seed; time is the model's own.
 */
export class LogWriter {
  readonly #options: WriterOptions;
  readonly #random;
  readonly #logs: { name: string; from: number; to: number }[] = [];
  readonly #counts = { events: 0, others: 0, unparsable: 0, oversized: 0, rotations: 0, bytes: 0 };
  #micros = startMicros;
  #restarts = 0;
  #file: number;
  #fileBytes = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
    mkdirSync(options.folder, { recursive: true });
    this.#file = this.#open();
  }

  ledger(): Ledger {
    return { logs: this.#logs.map((log) => ({ ...log })), ...this.#counts };
  }

  /** Appends events, each with what else a server logs meanwhile. */
  write(events: number): void {
    for (let n = 0; n < events; n += 1) {
      this.#others();
      this.#event();
      const { rotateBytes } = this.#options;
      if (rotateBytes > 0 && this.#fileBytes >= rotateBytes) this.rotate();
    }
  }

  rotate(): void {
    // Names have whole seconds.
    this.#micros = (Math.floor(this.#micros / 1_000_000) + 1) * 1_000_000 + 1;
    this.#counts.rotations += 1;
    const path = this.#path();
    if (this.#options.form === 'copytruncate') {
      copyTruncate(path);
      this.#fileBytes = 0;
      return;
    }
    if (this.#options.form === 'docker') {
      shiftNumbers(path);
      renameSync(path, `${path}.1`);
    } else {
      tidyLikeKubelet(path);
      renameSync(path, `${path}.${secondName(this.#micros)}`);
      // The runtime goes on in the renamed file until it is told to open the log again.
      for (let n = this.#random.below(4); n > 0; n -= 1) this.#event();
    }
    closeSync(this.#file);
    this.#file = this.#open();
  }

  /** The container ends and a new one starts: a log of its own, and of the dead ones only the last keeps its logs. */
  restart(): void {
    closeSync(this.#file);
    if (this.#restarts > 0) removeLog(this.#path(this.#restarts - 1));
    this.#restarts += 1;
    this.#file = this.#open();
  }

  #path(restarts = this.#restarts): string {
    const { folder, form } = this.#options;
    return join(folder, form === 'docker' ? `${'c1f7'.repeat(16)}-json.log` : `${restarts}.log`);
  }

  #open(): number {
    this.#fileBytes = 0;
    const name = `${this.#restarts}.log`;
    if (this.#logs.at(-1)?.name !== name) this.#logs.push({ name, from: this.#counts.events, to: this.#counts.events });
    return openSync(this.#path(), 'a', 0o640);
  }

  #event(): void {
    const isLong = this.#random.below(60) === 0;
    // A flow plan or a traceback in the context makes a line of several records.
    const context = isLong ? { diff: { text: 'ä'.repeat(9_000 + this.#random.below(9_000)) } } : {};
    this.#line(eventLine(this.#counts.events, 'login_failed', context), 'stderr', isLong);
    this.#counts.events += 1;
    const log = this.#logs.at(-1);
    if (log !== undefined) log.to = this.#counts.events;
  }

  #others(): void {
    for (let n = this.#random.below(4); n > 0; n -= 1) this.#other(accessLine);
    if (this.#random.below(100) === 0) {
      this.#line(eventLine(0).slice(0, -30), 'stderr', false);
      this.#counts.unparsable += 1;
    }
    if (this.#random.below(300) === 0) {
      this.#line('x'.repeat(lineBytesMax + 1 + this.#random.below(20_000)), 'stdout', false);
      this.#counts.oversized += 1;
    }
  }

  #other(text: string): void {
    this.#line(text, 'stdout', false);
    this.#counts.others += 1;
  }

  /** `amid`: a line of the other stream comes between its records. */
  #line(text: string, stream: 'stdout' | 'stderr', amid: boolean): void {
    const { form } = this.#options;
    const records = recordsOf(form === 'docker' ? 'docker' : 'kubelet', text, stream, () => this.#time());
    for (const [at, record] of records.entries()) {
      if (amid && at === 1) this.#other(accessLine);
      this.#append(record);
    }
  }

  #time(): string {
    this.#micros += microsPerRecord;
    return timeText(this.#micros);
  }

  /** Now and then in two writes: a reader may see half a record. */
  #append(record: Buffer): void {
    const cut = this.#random.below(50) === 0 ? this.#random.below(record.length) : 0;
    if (cut > 0) writeSync(this.#file, record, 0, cut);
    writeSync(this.#file, record, cut);
    this.#counts.bytes += record.length;
    this.#fileBytes += record.length;
  }
}
