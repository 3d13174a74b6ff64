import type { Json } from '../../core/json.ts';
import { createDecoder } from '../../decode/create.ts';
import { readFrom, type Decoded, type Decoder, type ResumePoint } from '../../decode/decoder.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { originOf } from './origin.ts';
import { filesOf, isMissing, statOrMissing } from './rotated.ts';
import { headBytesMax, identify, isSame, openSegment, type Segment } from './segment.ts';

export interface TailOptions {
  readonly maxLineBytes: number;
  readonly lookalikes: boolean;
}

/** What one read of a log brought. `idle`: all that is written is read. `gone`: the file is removed and read to its end. */
export type Step = ReadStep | { readonly status: 'idle' } | { readonly status: 'gone' };

export interface ReadStep {
  readonly status: 'read';
  readonly decoded: Decoded;
  readonly checkpoint: Json;
  readonly bytes: number;
}

/**
 * Reads one log over all its rotations: the open file to its end first, then the one that took its place. Offsets count
 * through all files of the log, so that a line whose parts lie in two files has one decoder and one resume point.
 */
export class Tail {
  readonly path: string;
  readonly #options: TailOptions;
  #decoder: Decoder;
  /** The file being read, then those that are to follow. Never empty. */
  #segments: Segment[];
  #offset: number;
  #lastByte = newline;

  private constructor(path: string, options: TailOptions, segments: Segment[], resume: ResumePoint) {
    this.path = path;
    this.#options = options;
    this.#segments = segments;
    this.#decoder = decoderFor(path, options, resume);
    this.#offset = readFrom(resume);
  }

  /** Starts at the head or the end of the file. Rejects with the errno of the file system. */
  static async start(path: string, options: TailOptions, at: 'beginning' | 'end'): Promise<Tail> {
    const segment = await openSegment(path, 0);
    const next = at === 'end' ? (await segment.file.stat()).size : 0;
    return new Tail(path, options, [segment], { next, open: {} });
  }

  /**
   * Goes on where a checkpoint points to, in whichever rotated file that is now. Undefined when the checkpoint is not
   * readable or none of its files is there any more.
   */
  static async resume(path: string, options: TailOptions, saved: Json): Promise<Tail | undefined> {
    const checkpoint = readCheckpoint(saved);
    if (checkpoint === undefined) return undefined;
    const segments = await reopen(path, checkpoint.segments);
    const [first] = segments;
    if (first === undefined) return undefined;
    // A part of an open line that lies in a file that is gone cannot be joined any more.
    const reachable = readFrom(checkpoint.point) >= first.base;
    const point = reachable ? checkpoint.point : { next: Math.max(checkpoint.point.next, first.base), open: {} };
    return new Tail(path, options, segments, point);
  }

  /** Reads at most one buffer. Rejects with the errno of the file system. */
  async read(buffer: Buffer): Promise<Step> {
    for (;;) {
      const current = this.#current();
      const position = this.#offset - current.base;
      const { bytesRead } = await current.file.read(buffer, 0, buffer.length, position);
      if (bytesRead > 0) return await this.#take(buffer.subarray(0, bytesRead));
      if ((await current.file.stat()).size < position) await this.#startOver(current);
      else if (this.#segments.length > 1) await this.#advance();
      else {
        const found = await this.#findNext(current);
        if (found !== 'next') return { status: found };
      }
    }
  }

  /** Bytes written and not read yet, in the files that are open. */
  async lagBytes(): Promise<number> {
    let end = this.#offset;
    for (const { file, base } of this.#segments) end = Math.max(end, base + (await file.stat()).size);
    return end - this.#offset;
  }

  async close(): Promise<void> {
    for (const { file } of this.#segments) await file.close();
  }

  #current(): Segment {
    const [current] = this.#segments;
    if (current === undefined) throw new RangeError('a tail has no file');
    return current;
  }

  async #take(bytes: Buffer): Promise<Step> {
    const decoded = this.#decoder.push(bytes);
    this.#offset += bytes.length;
    this.#lastByte = bytes.at(-1) ?? newline;
    return { status: 'read', decoded, checkpoint: await this.#checkpoint(), bytes: bytes.length };
  }

  /** The checkpoint names every file that is still needed, by its identity as it is now: a file may just have got its first bytes. */
  async #checkpoint(): Promise<Json> {
    const current = this.#current();
    if (current.identity.headBytes < Math.min(headBytesMax, this.#offset - current.base)) {
      this.#segments[0] = { ...current, identity: await identify(current.file) };
    }
    return writeCheckpoint(this.#decoder.resume(), this.#segments);
  }

  /** copytruncate: the writer starts at byte 0 of the same file again. */
  async #startOver(current: Segment): Promise<void> {
    this.#segments = [{ ...current, base: this.#offset, identity: await identify(current.file) }];
    this.#decoder = decoderFor(this.path, this.#options, { next: this.#offset, open: {} });
  }

  /** The next file of the log takes over. A torn last line ends here; parts of a CRI line may go on in the next file. */
  async #advance(): Promise<void> {
    if (this.#lastByte !== newline) {
      this.#decoder.push(Uint8Array.of(newline));
      this.#offset += 1;
      this.#lastByte = newline;
    }
    const old = this.#segments.shift();
    await old?.file.close();
    const [next, ...rest] = this.#segments;
    if (next !== undefined) this.#segments = [{ ...next, base: this.#offset }, ...rest];
  }

  /** Looks whether another file took the place of the one that is read to its end. */
  async #findNext(current: Segment): Promise<'next' | 'idle' | 'gone'> {
    const now = await statOrMissing(this.path);
    if (now === undefined) return (await current.file.stat()).nlink === 0 ? 'gone' : 'idle';
    if (now.ino === current.identity.ino && now.dev === current.identity.dev) return 'idle';
    const files = await filesOf(this.path);
    const at = files.findIndex(({ ino, dev }) => ino === current.identity.ino && dev === current.identity.dev);
    for (const { path } of at < 0 ? files.slice(-1) : files.slice(at + 1)) {
      try {
        this.#segments.push(await openSegment(path, this.#offset));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    // The writer may have written to the old file until the new one was there: it is read once more before the switch.
    return this.#segments.length > 1 ? 'next' : 'idle';
  }
}

const newline = 10;

function decoderFor(path: string, options: TailOptions, resume: ResumePoint): Decoder {
  return createDecoder({ origin: originOf(path), ...options, resume });
}

/** Opens the files that a checkpoint names and those that came after them, as far as they are there. */
async function reopen(path: string, wanted: readonly Omit<Segment, 'file' | 'path'>[]): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const sibling of await filesOf(path)) {
    const known = wanted.find(({ identity }) => identity.ino === sibling.ino && identity.dev === sibling.dev);
    const last = segments.at(-1);
    if (known === undefined && last === undefined) continue;
    const base = known?.base ?? (last === undefined ? 0 : last.base + (await last.file.stat()).size);
    const segment = await openSegment(sibling.path, base);
    if (known === undefined || (await isSame(segment.file, known.identity))) segments.push(segment);
    else await segment.file.close();
  }
  return segments;
}
