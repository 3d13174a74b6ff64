import { realpath } from 'node:fs/promises';
import type { Clock } from '../../core/clock.ts';
import { isMissing, isRestless, orMissing, statOrMissing } from './errno.ts';
import { isFinal, isSameInode, isTelling, type Identity } from './identity.ts';
import { hasFiles } from './log-files.ts';
import { isCompressed } from './open-bytes.ts';
import { openAfter, openCopy } from './resume.ts';
import { closeAll, identifyAgain, type Loss, type Segment } from './segment.ts';

/**
 * What a look at a log's name showed: the file that is known, one that took its place, or none: then rotated ones may be left
 * (`done`) or nothing at all (`gone`).
 */
export type Look = 'same' | 'next' | 'done' | 'gone';

/**
 * A writer may finish a line in the old file when the new one is there already; and logrotate makes the new file before the
 * writer knows of it. The old one is left when this time has passed since the new one got its first bytes.
 */
const lingerMs = 250;

/** The open files of one log: the one being read, then those that follow it. */
export class Chain {
  readonly path: string;
  readonly #clock: Clock;
  /** Never empty. */
  #segments: readonly Segment[];
  #leaveAtMs: number | undefined;
  #lookedAt: number;
  /** The last file before those that could be told from others. */
  #before: Identity | undefined;

  constructor(path: string, clock: Clock, segments: readonly Segment[], before?: Identity) {
    this.path = path;
    this.#clock = clock;
    this.#segments = segments;
    this.#before = before;
    this.#lookedAt = clock.now();
  }

  get current(): Segment {
    const [current] = this.#segments;
    if (current === undefined) throw new RangeError('a log has no file');
    return current;
  }

  set current(segment: Segment) {
    this.#segments = [segment, ...this.#segments.slice(1)];
  }

  get next(): Segment | undefined {
    return this.#segments[1];
  }

  /** How many files are open. */
  get length(): number {
    return this.#segments.length;
  }

  /** When the known files were last seen to be all, ms. */
  get lookedAt(): number {
    return this.#lookedAt;
  }

  /** True when the name leads to the file being read, and nothing happened to that: most looks end here. */
  async isAsItWas(bytes: number, mtimeMs: number): Promise<boolean> {
    if (this.next !== undefined) return false;
    const nowMs = this.#clock.now();
    const now = await statOrMissing(this.path);
    if (now === undefined || !isSameInode(this.current.identity, now)) return false;
    if (now.size !== bytes || now.mtimeMs !== mtimeMs) return false;
    this.#lookedAt = nowMs;
    return true;
  }

  /** Opens what took the place of the log meanwhile, so that it can be read even if it is removed before its turn. */
  async look(): Promise<Look> {
    const nowMs = this.#clock.now();
    const known = this.#segments.at(-1) ?? this.current;
    const now = await statOrMissing(this.path);
    if (now !== undefined && isSameInode(known.identity, now)) {
      this.#lookedAt = nowMs;
      return 'same';
    }
    // It may have been empty when it was looked at last.
    const last = isFinal(known.identity) || isCompressed(known.path) ? known : await identifyAgain(known);
    this.#segments = [...this.#segments.slice(0, -1), last];
    try {
      const real = (await orMissing(realpath(this.path))) ?? last.path;
      if (await this.#append(real)) {
        this.#lookedAt = nowMs;
        return 'next';
      }
      if (now !== undefined || (await last.file.stat()).nlink > 0) return 'same';
      return (await hasFiles(real)) ? 'done' : 'gone';
    } catch (error) {
      if (isRestless(error)) return 'same';
      // The folder went with the log.
      if (isMissing(error)) return now === undefined && (await last.file.stat()).nlink === 0 ? 'gone' : 'same';
      throw error;
    }
  }

  /** Opens what was written after the last file that is known; false when there is nothing. */
  async #append(real: string): Promise<boolean> {
    const open = this.#segments.map(({ identity }) => identity);
    // An empty file cannot be told from another one, and its inode may be gone: then what is known before it counts.
    const known = open.findLast((identity) => isTelling(identity)) ?? this.#before;
    const next = await openAfter(real, known, open, this.#lookedAt);
    this.#segments = [...this.#segments, ...next];
    return next.length > 0;
  }

  /** How long the file that is read to its end is still to be watched although another one follows, ms. */
  async lingerMs(): Promise<number> {
    const { current, next } = this;
    const isArchive = isCompressed(current.path) || current.bytesMax !== undefined;
    if (next === undefined || isArchive || this.#segments.length > 2) return 0;
    if (this.#leaveAtMs === undefined) {
      if ((await next.file.size()) === 0) {
        // It may stay empty and be rotated away itself.
        await this.look();
        return this.#segments.length > 2 ? 0 : Infinity;
      }
      this.#leaveAtMs = this.#clock.monotonic() + lingerMs;
    }
    return Math.max(0, this.#leaveAtMs - this.#clock.monotonic());
  }

  /** The next file takes over; its first byte is at `base`, and `loss` is what is missing before. */
  async advance(base: number, loss: Loss | undefined): Promise<void> {
    const { current, next } = this;
    if (next === undefined) return;
    this.#leaveAtMs = undefined;
    if (isTelling(current.identity)) this.#before = current.identity;
    this.#segments = [{ ...next, base, ...(loss !== undefined && { loss }) }, ...this.#segments.slice(2)];
    await current.file.close();
  }

  /**
   * The file was emptied when it had been read up to `position`: it follows itself, from its first byte on. The copy that was
   * made of it before is read first; false when there is none.
   */
  async startOver(position: number): Promise<boolean> {
    const { current } = this;
    const real = await realpath(this.path);
    const copied = isTelling(current.identity)
      ? await openCopy(real, current.identity, position, current.base)
      : undefined;
    const anew = await identifyAgain(current);
    this.#segments = [...(copied === undefined ? [] : [copied]), anew, ...this.#segments.slice(1)];
    return copied !== undefined;
  }

  /** Bytes of all files behind an offset. */
  async bytesBehind(offset: number): Promise<number> {
    let bytes = this.current.base - offset;
    for (const { file } of this.#segments) bytes += await file.size();
    return Math.max(0, bytes);
  }

  async close(): Promise<void> {
    await closeAll(this.#segments);
  }
}
