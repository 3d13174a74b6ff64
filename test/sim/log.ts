import assert from 'node:assert/strict';
import type { Event } from '../../src/core/event.ts';
import { OperationalError } from '../../src/core/errors.ts';
import { addCounts, type FamilyCounts } from '../../src/core/family.ts';
import { asObject, type Json } from '../../src/core/json.ts';
import { createDecoder } from '../../src/decode/create.ts';
import { readFrom, type Decoder, type ResumePoint } from '../../src/decode/decoder.ts';
import { defineSource, type SourceKind } from '../../src/sources/source.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { actions, addresses, eventEveryMs, startMs, type Dice, type Plan } from './plan.ts';

const decoderOptions = { origin: {}, maxLineBytes: 20_000, lookalikes: false };
const pollMs = 1000;

/** A container's log in memory. It outlives the processes that read it. */
export class Log {
  bytes: Buffer = Buffer.alloc(0);
  /** How often reading it failed. */
  failures = 0;
  #readers = new Set<() => void>();
  /** What a straightforward reading has found, record by record from the beginning. */
  readonly #reading = createDecoder(decoderOptions);
  readonly #events: Event[] = [];
  /** By the offset behind a record: how many events came before it, and the lines of each family. */
  readonly #found = new Map<number, { readonly events: number; readonly counts: FamilyCounts }>([
    [0, { events: 0, counts: {} }],
  ]);
  #records = 0;

  /** Writes some lines: events, others, broken ones, and records that are cut into parts. */
  write(dice: Dice, plan: Plan, lines: number, serialOf: () => number): void {
    const records: Buffer[] = [];
    for (let line = 0; line < lines; line += 1)
      records.push(...this.#line(dice, plan, serialOf).map((record) => Buffer.from(record)));
    let end = this.bytes.length;
    let before = this.before(end);
    for (const record of records) {
      const { events, counts } = this.#reading.push(record);
      this.#events.push(...events);
      const total = { ...before.counts };
      addCounts(total, counts);
      before = { events: this.#events.length, counts: total };
      end += record.length;
      this.#found.set(end, before);
    }
    this.bytes = Buffer.concat([this.bytes, ...records]);
    for (const wake of this.#readers) wake();
  }

  /** What the records before an offset behind one of them hold: so many of the events, and the lines of each family. */
  before(offset: number): { readonly events: number; readonly counts: FamilyCounts } {
    const found = this.#found.get(offset);
    assert.ok(found !== undefined, `${offset} is not behind a record`);
    return found;
  }

  /** The first events. */
  events(count: number): readonly Event[] {
    return this.#events.slice(0, count);
  }

  /** Calls back at every write until the returned function is called. */
  watch(wake: () => void): () => void {
    this.#readers.add(wake);
    return () => this.#readers.delete(wake);
  }

  #line(dice: Dice, plan: Plan, serialOf: () => number): readonly string[] {
    this.#records += 1;
    if (dice.oneIn(4)) return [cri(accessLine, this.#records)];
    if (dice.oneIn(15)) return [cri('{"event": "Created Event", "torn', this.#records)];
    if (dice.oneIn(40)) return [cri('x'.repeat(21_000), this.#records)];
    const serial = serialOf();
    const time = new Date(startMs + serial * eventEveryMs).toISOString().slice(0, -1);
    const text = eventLine(serial, dice.pick(actions))
      .replace('"context":{', `"context":{"padding":"${'p'.repeat(plan.paddingChars)}",`)
      .replace(/"client_ip":"[^"]*"/, `"client_ip":"${dice.pick(addresses)}"`)
      .replace(/"timestamp":"[^"]*"/, `"timestamp":"${time}"`);
    if (!dice.oneIn(5)) return [cri(text, this.#records)];
    const cut = dice.below(text.length);
    const between = dice.oneIn(2) ? [cri(accessLine, this.#records, 'F', 'stdout')] : [];
    return [cri(text.slice(0, cut), this.#records, 'P'), ...between, cri(text.slice(cut), this.#records)];
  }
}

/** What a straightforward reading finds before a checkpoint. */
export interface Prefix {
  readonly events: readonly Event[];
  readonly counts: FamilyCounts;
}

/** What is before a checkpoint. Lines that were open there do not count yet. */
export function readPrefix(log: Log, checkpoint: Json | undefined): Prefix {
  const { events, counts } = log.before(resumePoint(checkpoint).next);
  return { events: log.events(events), counts };
}

/** The judge's own reading, record by record, is that of the whole log in one piece. */
export function assertReading(log: Log): void {
  const whole = createDecoder(decoderOptions).push(log.bytes);
  const { events, counts } = readPrefix(log, { next: log.bytes.length, open: {} });
  assert.deepEqual(ids(whole.events), ids(events));
  const total: FamilyCounts = {};
  addCounts(total, whole.counts);
  assert.deepEqual(total, counts);
}

function ids(events: readonly Event[]): readonly string[] {
  return events.map(({ id }) => id);
}

export function resumePoint(checkpoint: Json | undefined): ResumePoint {
  if (checkpoint === undefined) return { next: 0, open: {} };
  const { next, open } = asObject(checkpoint) ?? {};
  assert(typeof next === 'number', 'a checkpoint is what the source gave');
  const offsets = Object.entries(asObject(open) ?? {}).map(([stream, offset]) => [stream, Number(offset)] as const);
  return { next, open: Object.fromEntries(offsets) };
}

/** A source over logs in memory: the real decoder, pieces of any size, the contract of `src/sources/source.ts`. */
export function logSource(logs: ReadonlyMap<string, Log>, dice: Dice): SourceKind {
  return defineSource({
    type: 'log',
    summary: 'A log in memory',
    schema: { type: 'object', properties: { log: { type: 'string' } }, required: ['log'] },
    example: { log: 'server' },
    create: ({ log: name }, deps) => ({
      async run(drain, stop) {
        const log = logs.get(name);
        assert(log !== undefined);
        const resume = resumePoint(deps.checkpoints.get(name));
        const decoder: Decoder = createDecoder({ ...decoderOptions, resume });
        let offset = readFrom(resume);
        for (;;) {
          if (stop.aborted) return;
          if (dice.oneIn(200)) {
            log.failures += 1;
            throw new OperationalError('source_failed', 'reading failed: EIO');
          }
          const bytes = log.bytes.subarray(offset, offset + dice.between(1, dice.pick([300, 3000, 30_000])));
          if (bytes.length === 0 && drain.aborted) return;
          if (bytes.length === 0) await more(log, (signal) => deps.clock.sleep(pollMs, signal), drain);
          offset += bytes.length;
          deps.lag(log.bytes.length - offset);
          const { next, open } = decoder.resume();
          const decoded = decoder.push(Buffer.from(bytes));
          const now = decoder.resume();
          const moved = now.next !== next || JSON.stringify(now.open) !== JSON.stringify(open);
          if (!moved) continue;
          await deps.accept({ ...decoded, checkpoints: new Map([[name, { next: now.next, open: { ...now.open } }]]) });
        }
      },
    }),
  });
}

/** Resolves at the next write, after a while, or when the source is to end. */
async function more(log: Log, sleep: (signal: AbortSignal) => Promise<void>, drain: AbortSignal): Promise<void> {
  const awake = new AbortController();
  const wake = (): void => awake.abort('awake');
  const unwatch = log.watch(wake);
  drain.addEventListener('abort', wake, { once: true });
  await sleep(awake.signal);
  drain.removeEventListener('abort', wake);
  unwatch();
}
