import { braceOpen, carriageReturn } from './bytes.ts';
import { Batch } from './batch.ts';
import {
  brokenHeader,
  endOfTime,
  isPartial,
  noHeader,
  readHeader,
  streamOf,
  textOf,
  timeText,
  type Stream,
} from './cri.ts';
import { readFrom, type Decoded, type Decoder, type DecoderOptions, type ResumePoint } from './decoder.ts';
import { DockerScan, isDockerRecord, parseDocker } from './docker.ts';
import { Joins, type OpenLine } from './joins.ts';
import { LineSplitter, type LineSink } from './lines.ts';
import { isUnreadable, findPrefix, prefixBytesMax } from './prefix.ts';
import { createReader } from './reader.ts';
import { isPast } from './resume.ts';
import { Scan } from './scan.ts';

/**
 * A decoder for one file or stream. The wrapper is told line by line, not by the first lines alone: a stray line does not
 * spoil its neighbours, and a decoder that starts in the middle reads every line as one that started at the beginning.
 */
export function createDecoder(options: DecoderOptions): Decoder {
  return new FileDecoder(options);
}

/** More than the longest CRI header or known prefix: a record over the limit by this holds a line over the limit. */
const wrapperBytesMax = 1024;
/** `\u0000` is the longest way to write one byte; a container's labels may stand in the record too. */
const escapedBytesMax = 6;
const attributesBytesMax = 64 * 1024;

class FileDecoder implements Decoder, LineSink {
  readonly #lineBytesMax: number;
  readonly #isTimestamped: boolean;
  readonly #from: ResumePoint;
  readonly #read: ReturnType<typeof createReader>;
  readonly #splitter: LineSplitter;
  readonly #joins: Joins;
  readonly #scan: Scan;
  readonly #escaped: Scan;
  readonly #docker = new DockerScan();
  #batch = new Batch();
  #bytes: Buffer = Buffer.alloc(0);
  /** Where the time of the last record lies; -1 when no record was seen in the opened bytes. */
  #timeFrom = -1;
  #timeTo = -1;

  constructor({ origin, maxLineBytes, lookalikes, form, resume }: DecoderOptions) {
    this.#lineBytesMax = maxLineBytes;
    this.#isTimestamped = form === 'timestamped';
    this.#from = resume ?? { next: 0, open: {} };
    this.#scan = new Scan('', lookalikes);
    this.#escaped = new Scan('\\', lookalikes);
    this.#read = createReader(origin, lookalikes);
    this.#splitter = new LineSplitter(this, readFrom(this.#from));
    this.#joins = new Joins(maxLineBytes);
  }

  push(bytes: Uint8Array): Decoded {
    this.#splitter.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return this.#done();
  }

  end(): Decoded {
    this.#splitter.end();
    const open = [this.#joins.take(0), this.#joins.take(1)].filter((line) => line !== undefined);
    for (const line of open.sort((a, b) => a.offset - b.offset)) this.#joined(line);
    return this.#done();
  }

  resume(): ResumePoint {
    // On the way to the point it was made with, nothing behind that point is done yet and its open lines are half read.
    if (this.#splitter.offset < this.#from.next) return this.#from;
    return { next: this.#splitter.offset, open: this.#joins.offsets() };
  }

  limit(bytes: Buffer, from: number): number {
    if (!isDockerRecord(bytes, from)) return this.#lineBytesMax + wrapperBytesMax;
    return this.#lineBytesMax * escapedBytesMax + attributesBytesMax;
  }

  open(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#scan.open(bytes);
    this.#escaped.open(bytes);
    this.#docker.open(bytes);
    this.#timeFrom = -1;
  }

  line(lineFrom: number, lineTo: number, offset: number): void {
    const bytes = this.#bytes;
    const from = afterNoise(bytes, lineFrom, lineTo);
    const to = lineTo > from && bytes[lineTo - 1] === carriageReturn ? lineTo - 1 : lineTo;
    const first = bytes[from] ?? 0;
    if (this.#isTimestamped) this.#timestamped(from, to, offset);
    else if (first >= 48 && first <= 57) {
      const header = readHeader(bytes, from, to);
      if (header !== noHeader) this.#cri(header, from, to, offset);
      else this.#bare(from, to, offset);
    } else if (isDockerRecord(bytes, from)) this.#dockerRecord(from, to, offset);
    else this.#bare(from, to, offset);
  }

  tooLong(head: Buffer, offset: number): void {
    const header = readHeader(head, 0, head.length);
    const isRecord = !this.#isTimestamped && header !== noHeader && header !== brokenHeader;
    if (isPast(this.#from, offset, isRecord ? streamOf(header) : undefined)) return;
    if (isRecord) this.#part(streamOf(header), undefined, offset, timeText(head, 0), !isPartial(header));
    else this.#batch.count('oversized');
  }

  close(): void {
    if (this.#timeFrom < 0) return;
    const to = this.#timeTo < 0 ? undefined : this.#timeTo;
    const time =
      to === undefined ? timeText(this.#bytes, this.#timeFrom) : this.#bytes.toString('latin1', this.#timeFrom, to);
    this.#batch.seen(time);
  }

  #cri(header: number, from: number, to: number, offset: number): void {
    if (header === brokenHeader) {
      if (!isPast(this.#from, offset, undefined)) this.#batch.count('unparsable');
      return;
    }
    const stream = streamOf(header);
    if (isPast(this.#from, offset, stream)) return;
    this.#timeFrom = from;
    this.#timeTo = -1;
    const textFrom = textOf(header);
    if (isPartial(header) || this.#joins.isOpen(stream)) {
      this.#part(stream, this.#bytes.subarray(textFrom, to), offset, timeText(this.#bytes, from), !isPartial(header));
    } else if (to - textFrom > this.#lineBytesMax) this.#batch.count('oversized');
    else this.#whole(textFrom, to, stream, from);
  }

  #timestamped(from: number, to: number, offset: number): void {
    if (isPast(this.#from, offset, undefined)) return;
    const textFrom = endOfTime(this.#bytes, from, to) + 1;
    if (textFrom === 0) {
      this.#batch.count('unparsable');
      return;
    }
    this.#timeFrom = from;
    this.#timeTo = -1;
    if (to - textFrom > this.#lineBytesMax) this.#batch.count('oversized');
    else this.#whole(textFrom, to, undefined, from);
  }

  #dockerRecord(from: number, to: number, offset: number): void {
    const places = this.#docker.locate(from, to);
    const isWhole = places !== undefined && places.textTo - places.textFrom <= this.#lineBytesMax;
    if (isWhole && !this.#joins.isOpen(places.stream)) {
      if (isPast(this.#from, offset, places.stream)) return;
      const family = this.#escaped.family(places.textFrom, places.textTo);
      if (family !== undefined) {
        this.#timeFrom = places.timeFrom;
        this.#timeTo = places.timeTo;
        this.#batch.count(family);
        return;
      }
    }
    this.#dockerParsed(from, to, offset);
  }

  #dockerParsed(from: number, to: number, offset: number): void {
    const record = parseDocker(this.#bytes.toString('utf8', from, to));
    if (record === 'foreign') this.#bare(from, to, offset);
    else if (record === 'broken') {
      if (!isPast(this.#from, offset, undefined)) this.#batch.count('unparsable');
    } else if (!isPast(this.#from, offset, record.stream)) {
      this.#timeFrom = -1;
      this.#batch.seen(record.time);
      const isEnd = record.log.endsWith('\n');
      const bytes = Buffer.from(isEnd ? record.log.replace(/\r?\n$/, '') : record.log);
      this.#part(record.stream, bytes, offset, record.time, isEnd);
    }
  }

  /** A line without a wrapper, with or without a collector's prefix. */
  #bare(from: number, to: number, offset: number): void {
    if (isPast(this.#from, offset, undefined)) return;
    let textFrom = from;
    let time = '';
    let readable = true;
    if (this.#bytes[from] !== braceOpen) {
      const head = this.#bytes.toString('latin1', from, Math.min(to, from + prefixBytesMax));
      const prefix = findPrefix(head);
      textFrom += prefix?.length ?? 0;
      time = prefix?.time ?? '';
      readable = prefix !== undefined || !isUnreadable(head);
    }
    if (to - textFrom > this.#lineBytesMax) this.#batch.count('oversized');
    else if (!readable) this.#batch.count('unparsable');
    else this.#whole(textFrom, to, undefined, time);
  }

  /** A line that lies whole in the opened bytes; `time` is its text or the place of its CRI record. */
  #whole(from: number, to: number, stream: Stream | undefined, time: string | number): void {
    const family = this.#scan.family(from, to);
    if (family !== undefined) {
      this.#batch.count(family);
      return;
    }
    const bytes = this.#bytes.subarray(from, to);
    const text = this.#bytes.toString('utf8', from, to);
    const timeOf = typeof time === 'string' ? time : timeText(this.#bytes, time);
    this.#batch.add(this.#read({ text, bytes, stream, time: timeOf }));
  }

  /** A part of a line, or all of it. */
  #part(stream: Stream, bytes: Buffer | undefined, offset: number, time: string, isEnd: boolean): void {
    this.#joins.add(stream, bytes, offset, time);
    const line = isEnd ? this.#joins.take(stream) : undefined;
    if (line !== undefined) this.#joined(line);
  }

  #joined({ bytes, stream, time }: OpenLine): void {
    if (bytes === undefined) this.#batch.count('oversized');
    else this.#batch.add(this.#read({ text: bytes.toString('utf8'), bytes, stream, time }));
  }

  #done(): Decoded {
    const decoded = this.#batch.done();
    this.#batch = new Batch();
    return decoded;
  }
}

/** Behind a byte order mark and the NULs that a truncated file or a crashed disk leaves before a line. */
function afterNoise(bytes: Uint8Array, from: number, to: number): number {
  const first = bytes[from];
  if (first !== 0 && first !== 0xef) return from;
  let at = from;
  for (;;) {
    if (at < to && bytes[at] === 0) at += 1;
    else if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf && at + 3 <= to) at += 3;
    else return at;
  }
}
