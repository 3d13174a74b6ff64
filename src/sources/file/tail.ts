import type { Clock } from '../../core/clock.ts';
import type { Json } from '../../core/json.ts';
import { createDecoder } from '../../decode/create.ts';
import { readFrom, type Decoded, type Decoder, type ResumePoint } from '../../decode/decoder.ts';
import type { Gap } from '../gap.ts';
import { Chain } from './chain.ts';
import { writeCheckpoint, type KnownFile } from './checkpoint.ts';
import { joined, nothing } from './decoded.ts';
import { isFinal, isTelling } from './identity.ts';
import { gapIn } from './lost.ts';
import { isCompressed } from './open-bytes.ts';
import { originOf } from './origin.ts';
import type { Place } from './parked.ts';
import type { Start } from './resume.ts';
import { identifyAgain, isUnchanged, type Loss } from './segment.ts';

export interface TailOptions {
  readonly source: string;
  readonly maxLineBytes: number;
  readonly lookalikes: boolean;
  readonly clock: Clock;
}

/**
 * What one look at a log brought. `idle`: all that is written is read; look again after `waitMs` at the latest. `gone`: the
 * file is removed and read to its end, and what `checkpoint` says of it is the last word.
 */
export type Step = ReadStep | { readonly status: 'idle'; readonly waitMs: number };

export interface ReadStep {
  readonly status: 'read' | 'gone';
  readonly decoded: Decoded;
  /** Lines that are lost behind those of this step. */
  readonly gap?: Gap;
  readonly checkpoint: Json;
  readonly bytes: number;
}

/**
 * Reads one log over all its rotations: the open file to its end first, then the one that took its place. Offsets count
 * through all files of the log, so that a line whose parts lie in two files has one decoder and one resume point.
 */
export class Tail {
  readonly #options: TailOptions;
  readonly #chain: Chain;
  #decoder: Decoder;
  /** Files that were read and are still needed after a restart. */
  #kept: readonly KnownFile[];
  #offset: number;
  #lastByte = newline;
  #newest: number | undefined;
  /** Lines that the end of a file completed. */
  #carried: Decoded = nothing;
  #isAtRest = false;
  /** The file's time of modification when the last look found nothing new. */
  #restedAtMs = 0;
  /** The last look saw that there is more. */
  #hasMore: boolean;

  constructor(path: string, options: TailOptions, start: Start, newest?: number) {
    this.#options = options;
    this.#chain = new Chain(path, options.clock, start.segments, start.kept.at(-1)?.identity);
    this.#kept = start.kept;
    this.#decoder = this.#decoderAt(start.point);
    this.#offset = readFrom(start.point);
    this.#newest = newest;
    this.#hasMore = start.hasMore === true;
  }

  /** Where to go on if the process stopped now; `done` when the log was removed and there is nothing to go on with. */
  checkpoint(done = false): Json {
    const { path, identity, base } = this.#chain.current;
    const files = [...this.#kept, { path, identity, base }] as const;
    const point = this.#decoder.resume();
    const at = this.#chain.lookedAt;
    return writeCheckpoint({ point, files, newest: this.#newest, at, done, hasMore: this.#hasMore });
  }

  /** The last look found everything read. */
  get isAtRest(): boolean {
    return this.#isAtRest;
  }

  /** Where reading is, in the file that is being read. */
  get place(): Place {
    const { identity, base } = this.#chain.current;
    return { dev: identity.dev, ino: identity.ino, bytes: this.#offset - base };
  }

  /** Reads at most one buffer; `isLast` when nobody will look again. Rejects with the errno of the file system. */
  async read(buffer: Buffer, isLast: boolean): Promise<Step> {
    if (this.#isAtRest && (await this.#chain.isAsItWas(this.place.bytes, this.#restedAtMs)))
      return this.#idle(Infinity);
    for (;;) {
      const { current } = this.#chain;
      if (current.loss !== undefined) return this.#reportLoss(current.loss);
      const position = this.#offset - current.base;
      const room = Math.max(0, Math.min(buffer.length, (current.bytesMax ?? Infinity) - position));
      const bytes = await current.file.read(buffer.subarray(0, room), position);
      if (await this.#wasEmptied(bytes, position)) await this.#startOver(position);
      else if (bytes > 0) return await this.#take(buffer.subarray(0, bytes), bytes === buffer.length);
      else {
        const step = await this.#atEnd(isLast);
        if (step !== undefined) return step;
      }
    }
  }

  /** See {@link Chain.look}. */
  async look(): Promise<void> {
    await this.#chain.look();
  }

  /** Bytes written and not read yet, in the files that are open. */
  lagBytes(): Promise<number> {
    return this.#chain.bytesBehind(this.#offset);
  }

  /** As {@link lagBytes} right after reading: if the file is emptied before it is read on, its unread lines are known to be lost. */
  async lagBytesRead(): Promise<number> {
    const bytes = await this.lagBytes();
    this.#hasMore = bytes > 0;
    return bytes;
  }

  async close(): Promise<void> {
    await this.#chain.close();
  }

  #decoderAt(resume: ResumePoint): Decoder {
    const { maxLineBytes, lookalikes } = this.#options;
    return createDecoder({ origin: originOf(this.#chain.path), maxLineBytes, lookalikes, resume });
  }

  async #take(bytes: Buffer, isFull: boolean): Promise<Step> {
    const decoded = this.#withCarried(this.#decoder.push(bytes));
    this.#offset += bytes.length;
    this.#lastByte = bytes.at(-1) ?? newline;
    this.#newest = decoded.newest ?? this.#newest;
    this.#isAtRest = false;
    this.#hasMore = isFull;
    const { current } = this.#chain;
    if (!isFinal(current.identity)) this.#chain.current = await identifyAgain(current);
    this.#forget();
    return { status: 'read', decoded, checkpoint: this.checkpoint(), bytes: bytes.length };
  }

  #withCarried(decoded: Decoded): Decoded {
    const carried = this.#carried;
    this.#carried = nothing;
    return joined(carried, decoded);
  }

  /** What a checkpoint need not name any more: files before the first unfinished line, once the current one can be told. */
  #forget(): void {
    if (this.#kept.length === 0) return;
    const needed = readFrom(this.#decoder.resume());
    const { base, identity } = this.#chain.current;
    const anchor = isTelling(identity) ? -1 : this.#kept.length - 1;
    const endOf = (index: number): number => this.#kept[index + 1]?.base ?? base;
    this.#kept = this.#kept.filter((_, index) => endOf(index) > needed || index === anchor);
  }

  /** The file is read to its end. Undefined when there is another one to go on with. */
  async #atEnd(isLast: boolean): Promise<Step | undefined> {
    const files = this.#chain.length;
    const look = files > 1 ? 'next' : await this.#chain.look();
    if (look === 'same') return this.#idle(Infinity);
    if (look === 'next') {
      const { damage } = this.#chain.current.file;
      const waitMs = isLast || damage !== undefined ? 0 : await this.#chain.lingerMs();
      // What was written before the other file was found was perhaps not there yet when this one was read.
      if (this.#chain.length > files) return undefined;
      if (waitMs > 0) return this.#idle(waitMs);
      await this.#advance(damage === undefined ? this.#chain.next?.loss : 'corrupt');
      return undefined;
    }
    const decoded = this.#withCarried(this.#decoder.end());
    return { status: 'gone', decoded, checkpoint: look === 'gone' ? null : this.checkpoint(true), bytes: 0 };
  }

  #idle(waitMs: number): Step {
    const isSaid = this.#carried === nothing && !this.#hasMore;
    this.#isAtRest = true;
    this.#hasMore = false;
    if (isSaid) return { status: 'idle', waitMs };
    return { status: 'read', decoded: this.#withCarried(nothing), checkpoint: this.checkpoint(), bytes: 0 };
  }

  /** The next file of the log takes over. Parts of a CRI line may go on in it. */
  async #advance(loss: Loss | undefined): Promise<void> {
    this.#endLine();
    const { path, identity, base } = this.#chain.current;
    this.#kept = [...this.#kept, { path, identity, base }];
    await this.#chain.advance(this.#offset, loss);
    this.#forget();
  }

  /** A torn last line is over when its file is. */
  #endLine(): void {
    if (this.#lastByte === newline) return;
    this.#carried = joined(this.#carried, this.#decoder.push(Uint8Array.of(newline)));
    this.#offset += 1;
    this.#lastByte = newline;
  }

  /** copytruncate empties the file that is being read; it may have grown again to the place of reading, or over it. */
  async #wasEmptied(bytes: number, position: number): Promise<boolean> {
    const { current } = this.#chain;
    if (isCompressed(current.path)) return false;
    if (bytes === 0) {
      const { size, mtimeMs } = await current.file.stat();
      if (size < position) return true;
      if (mtimeMs === this.#restedAtMs) return false;
      this.#restedAtMs = mtimeMs;
    }
    return !(await isUnchanged(current));
  }

  async #startOver(position: number): Promise<void> {
    const isKnownToMiss = this.#hasMore;
    this.#isAtRest = false;
    if (await this.#chain.startOver(position)) return;
    this.#restart();
    this.#chain.current = { ...this.#chain.current, base: this.#offset, ...(isKnownToMiss && { loss: 'truncated' }) };
  }

  /** What comes now does not go on with the lines before. */
  #restart(): void {
    this.#endLine();
    this.#carried = joined(this.#carried, this.#decoder.end());
    this.#decoder = this.#decoderAt({ next: this.#offset, open: {} });
    this.#kept = [];
  }

  /** What was read before stays as it is; the checkpoint that comes with the gap is behind it. */
  #reportLoss(reason: Loss): Step {
    const before = this.#offset;
    this.#restart();
    const { path } = this.#chain;
    const { loss: _, ...segment } = this.#chain.current;
    this.#chain.current = { ...segment, base: segment.base + this.#offset - before };
    const gap = gapIn(path, this.#options.source, reason, this.#newest, segment.identity.time, this.#offset);
    return { status: 'read', decoded: this.#withCarried(nothing), gap, checkpoint: this.checkpoint(), bytes: 0 };
  }
}

const newline = 10;
