import { streams, type Stream } from './cri.ts';

/** A line of which some records have come and the last one has not. */
export interface OpenLine {
  readonly stream: Stream;
  /** Place and time of its first record. */
  readonly offset: number;
  readonly time: string;
  /** Undefined when it is over the limit: it is skipped to its end. */
  readonly bytes: Buffer | undefined;
}

interface Join {
  readonly offset: number;
  readonly time: string;
  parts: Buffer[];
  length: number;
}

/** Joins the records of split lines, each stream for itself, because records of the other stream stand between them. */
export class Joins {
  readonly #bytesMax: number;
  readonly #open: [Join | undefined, Join | undefined] = [undefined, undefined];

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  isOpen(stream: Stream): boolean {
    return this.#open[stream] !== undefined;
  }

  /** The next part of the stream's line, which is copied; undefined for a part that was too long itself. */
  add(stream: Stream, part: Uint8Array | undefined, offset: number, time: string): void {
    const join = (this.#open[stream] ??= { offset, time, parts: [], length: 0 });
    join.length += part?.length ?? this.#bytesMax + 1;
    if (join.length > this.#bytesMax) join.parts = [];
    else if (part !== undefined) join.parts.push(Buffer.from(part));
  }

  /** Ends the stream's line. */
  take(stream: Stream): OpenLine | undefined {
    const join = this.#open[stream];
    this.#open[stream] = undefined;
    if (join === undefined) return undefined;
    const { offset, time, parts, length } = join;
    return { stream, offset, time, bytes: length > this.#bytesMax ? undefined : Buffer.concat(parts) };
  }

  /** Offset of the first record per stream with an open line. */
  offsets(): { [stream: string]: number } {
    const offsets: { [stream: string]: number } = {};
    for (const stream of [0, 1] as const) {
      const join = this.#open[stream];
      if (join !== undefined) offsets[streams[stream]] = join.offset;
    }
    return offsets;
  }
}
