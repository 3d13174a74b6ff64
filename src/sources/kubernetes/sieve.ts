import { crc32 } from 'node:zlib';
import { newline } from '../../decode/bytes.ts';
import { endOfTime } from '../../decode/cri.ts';
import { canonicalTime, parseTime } from '../../decode/time.ts';
import type { Mark, Place } from './place.ts';

/** So many of the last lines are remembered, as far as they are not older than the last one by more than the slack. */
const marksMax = 64;
/** The streams of a container are written side by side: a line may carry an earlier time than the one before it. */
const slackMs = 2000;
/** Two lines that differ only behind this many bytes do not share a nanosecond. */
const headBytesMax = 4096;

/** Times of two lines between which a log was rotated. */
export interface Missing {
  readonly after: string;
  readonly before: string;
}

const nothing = Buffer.alloc(0);

/**
 * Lets through the lines of one answer that lie behind a place, and keeps the place. Lines come in the order of the log: what
 * stands behind the last line that was read is new, whatever its time. When that line is not there any more, because the log was
 * rotated, a line is known by its mark or by being older than all marks.
 */
export class Sieve {
  readonly #from: Place;
  /** Keys of the lines that were read, until the last of them has come by. */
  readonly #read: Set<string>;
  readonly #last: string | undefined;
  /** No new line has come yet. */
  #isBefore = true;
  #hasPassed = false;
  readonly #marks: Mark[];
  /** All lines that were read and are not older than this are among the marks. */
  #complete: string;
  /** The beginning of a line whose fate is open. */
  #head: Buffer = nothing;
  /** The line that is coming in, once its head is known. */
  #line: { readonly mark: Mark | undefined; readonly isNew: boolean } | undefined;
  #lines = 0;
  #missing: Missing | undefined;

  constructor(place: Place) {
    const keys = place.marks.map(keyOf);
    this.#from = place;
    this.#read = new Set(keys);
    this.#last = keys.at(-1);
    this.#marks = [...place.marks];
    this.#complete = place.horizon;
  }

  /** How many new lines have come whole. */
  get lines(): number {
    return this.#lines;
  }

  /** True when the last line that was read has come by. */
  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  /** Set when the last line that was read is not in the log any more. What may be missing lies between these lines. */
  get missing(): Missing | undefined {
    return this.#missing;
  }

  /** The bytes of new lines that the piece brings or completes. */
  take(piece: Buffer): Buffer {
    const kept: Buffer[] = [];
    for (let from = 0; from < piece.length;) {
      const at = piece.indexOf(newline, from);
      const to = at < 0 ? piece.length : at + 1;
      this.#part(piece.subarray(from, to), at >= 0, kept);
      from = to;
    }
    return joined(kept);
  }

  /** What is held back of a last line that has no end. */
  rest(): Buffer {
    const head = this.#head;
    this.#head = nothing;
    return head.length > 0 && this.#isNew(markOf(head)) ? head : nothing;
  }

  /** The place behind the last whole line. */
  place(): Place {
    const last = this.#marks.at(-1);
    if (last === undefined) return this.#from;
    const bound = [this.#complete, earlier(last.time)].reduce((a, b) => (a > b ? a : b));
    // A clock that was set back must not make later lines look old.
    const horizon = bound < last.time ? bound : last.time;
    return { horizon, marks: this.#marks.filter(({ time }) => time >= horizon) };
  }

  #part(part: Buffer, isEnd: boolean, kept: Buffer[]): void {
    if (this.#line === undefined) {
      const head = this.#head.length === 0 ? part : Buffer.concat([this.#head, part]);
      if (!isEnd && head.length < headBytesMax) {
        this.#head = Buffer.from(head);
        return;
      }
      this.#head = nothing;
      const mark = markOf(head);
      this.#line = { mark, isNew: this.#isNew(mark) };
      if (this.#line.isNew) kept.push(head);
    } else if (this.#line.isNew) kept.push(part);
    if (!isEnd) return;
    if (this.#line.isNew) this.#remember(this.#line.mark);
    this.#line = undefined;
  }

  #isNew(mark: Mark | undefined): boolean {
    // Words of the kubelet's own have no time.
    if (mark === undefined || (this.#read.size === 0 && !this.#isBefore)) return true;
    const key = keyOf(mark);
    if (key === this.#last) {
      this.#read.clear();
      this.#isBefore = false;
      this.#hasPassed = true;
      return false;
    }
    if (this.#read.has(key) || (this.#isBefore && mark.time < this.#from.horizon)) return false;
    if (this.#isBefore && this.#last !== undefined)
      this.#missing = { after: this.#marks.at(-1)?.time ?? '', before: mark.time };
    this.#isBefore = false;
    return true;
  }

  #remember(mark: Mark | undefined): void {
    this.#lines += 1;
    if (mark === undefined) return;
    this.#marks.push(mark);
    if (this.#marks.length < 2 * marksMax) return;
    const forgotten = this.#marks.splice(0, this.#marks.length - marksMax).at(-1)?.time ?? '';
    // Up to the time that was forgotten last, all is read. Only where that is the time of all marks, more of it may follow.
    const later = this.#marks.map(({ time }) => time).filter((time) => time > forgotten);
    this.#complete = later.reduce((first, time) => (time < first ? time : first), later[0] ?? forgotten);
  }
}

/** The time less the slack; empty for what is no time. */
function earlier(time: string): string {
  const ms = parseTime(time);
  return ms === undefined ? '' : canonicalTime(new Date(ms - slackMs).toISOString());
}

function keyOf({ time, sum }: Mark): string {
  return `${time} ${sum}`;
}

/** The mark of a line by its head; undefined for a line without a time. */
function markOf(line: Buffer): Mark | undefined {
  const head = line.length > headBytesMax ? line.subarray(0, headBytesMax) : line;
  const timeEnd = endOfTime(head, 0, head.length);
  if (timeEnd < 0) return undefined;
  return { time: canonicalTime(head.toString('latin1', 0, timeEnd)), sum: crc32(head.subarray(timeEnd + 1)) };
}

/** The pieces as one; neighbours in memory, as nearly all are, without copying. */
function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  if (first === undefined) return nothing;
  let end = first.byteOffset;
  for (const { buffer, byteOffset, length } of pieces) {
    if (buffer !== first.buffer || byteOffset !== end) return Buffer.concat(pieces);
    end += length;
  }
  return Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset);
}
