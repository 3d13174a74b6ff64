import { newline } from './bytes.ts';

/** Takes the lines that a {@link LineSplitter} finds. All places are within the bytes that were opened last. */
export interface LineSink {
  /** The most bytes that the line which begins at `from` may have. */
  limit(bytes: Buffer, from: number): number;
  /** The next lines lie in these bytes. */
  open(bytes: Buffer): void;
  /** A line without its newline; `offset` is its place in the file. */
  line(from: number, to: number, offset: number): void;
  /** A line over its limit, of which only the head is kept. */
  tooLong(head: Buffer, offset: number): void;
  /** All lines of the opened bytes were given. */
  close(): void;
}

/** Enough of a line to tell its wrapper. */
const headBytes = 128;
/** A buffer for torn lines that has grown over this is given back. */
const keptBytesMax = 256 * 1024;

/**
 * Cuts the chunks of one file into lines where they lie, without copying; only a line that a chunk's end tears is copied.
 * A line over the limit is dropped as it comes, so that memory stays bounded.
 */
export class LineSplitter {
  readonly #sink: LineSink;
  #torn: Buffer = Buffer.alloc(0);
  #tornBytes = 0;
  /** The head of the line that is being skipped. */
  #skipped: Buffer | undefined;
  #lineOffset: number;
  #offset: number;

  constructor(sink: LineSink, offset: number) {
    this.#sink = sink;
    this.#offset = offset;
    this.#lineOffset = offset;
  }

  /** The offset behind the last whole line. */
  get offset(): number {
    return this.#lineOffset;
  }

  push(chunk: Buffer): void {
    const start = this.#isTorn() ? this.#finish(chunk) : 0;
    const from = this.#whole(chunk, start);
    if (from < chunk.length) this.#tear(chunk.subarray(from));
    this.#offset += chunk.length;
  }

  /** The torn last line is a line. */
  end(): void {
    if (this.#isTorn()) this.#emit(this.#offset);
  }

  #isTorn(): boolean {
    return this.#tornBytes > 0 || this.#skipped !== undefined;
  }

  /** Completes the torn line from the chunk; gives the place behind it, or the chunk's length when it goes on. */
  #finish(chunk: Buffer): number {
    const at = chunk.indexOf(newline);
    this.#tear(at < 0 ? chunk : chunk.subarray(0, at));
    if (at < 0) return chunk.length;
    this.#emit(this.#offset + at + 1);
    return at + 1;
  }

  /** Gives the whole lines of the chunk; returns the place behind the last one. */
  #whole(chunk: Buffer, start: number): number {
    let from = start;
    let to = chunk.indexOf(newline, from);
    if (to < 0) return from;
    const sink = this.#sink;
    const base = this.#offset;
    sink.open(chunk);
    for (; to >= 0; from = to + 1, to = chunk.indexOf(newline, from)) {
      if (to - from > sink.limit(chunk, from)) sink.tooLong(chunk.subarray(from, from + headBytes), base + from);
      else sink.line(from, to, base + from);
    }
    sink.close();
    this.#lineOffset = base + from;
    return from;
  }

  #emit(next: number): void {
    if (this.#skipped === undefined) {
      const bytes = this.#torn.subarray(0, this.#tornBytes);
      this.#sink.open(bytes);
      this.#sink.line(0, bytes.length, this.#lineOffset);
      this.#sink.close();
    } else this.#sink.tooLong(this.#skipped, this.#lineOffset);
    this.#skipped = undefined;
    this.#tornBytes = 0;
    if (this.#torn.length > keptBytesMax) this.#torn = Buffer.alloc(0);
    this.#lineOffset = next;
  }

  #tear(part: Buffer): void {
    if (this.#skipped !== undefined) return;
    const total = this.#tornBytes + part.length;
    if (total > this.#torn.length) this.#grow(Math.max(total, 2 * this.#torn.length, 1024));
    part.copy(this.#torn, this.#tornBytes);
    this.#tornBytes = total;
    if (total <= this.#sink.limit(this.#torn.subarray(0, total), 0)) return;
    this.#skipped = Buffer.from(this.#torn.subarray(0, Math.min(total, headBytes)));
    this.#tornBytes = 0;
    this.#torn = Buffer.alloc(0);
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafe(length);
    this.#torn.copy(grown, 0, 0, this.#tornBytes);
    this.#torn = grown;
  }
}
