/**
 * Writes a message from its end to its start: a length stands before what it counts, and so is known when it is due. Fields
 * are written last first.
 */
export interface ProtobufWriter {
  text(tag: number, value: string): void;
  /** A number below 2^31. */
  number(tag: number, value: number): void;
  /** Nanoseconds since 1970 as fixed64. */
  time(tag: number, ms: number): void;
  /** Where the writer is; what is written from here on becomes one field with {@link close}. */
  open(): number;
  /** `following` bytes belong to the field that are put behind what the writer has. */
  close(tag: number, opened: number, following?: number): void;
  /** A copy of everything written; the writer is empty then. */
  take(): Buffer;
}

const bytesAtFirst = 4 * 1024;
const shortChars = 64;

/** A writer, to be used again and again: it keeps its memory. */
export function createProtobufWriter(): ProtobufWriter {
  let buffer = Buffer.allocUnsafe(bytesAtFirst);
  /** Bytes written, at the end of the buffer. */
  let written = 0;

  /** Where `bytes` more go. */
  function room(bytes: number): number {
    if (written + bytes > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, written + bytes));
      buffer.copy(larger, larger.length - written, buffer.length - written);
      buffer = larger;
    }
    written += bytes;
    return buffer.length - written;
  }

  function varint(value: number): void {
    const bytes = value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : value < 268_435_456 ? 4 : 5;
    let at = room(bytes);
    let rest = value;
    for (; rest >= 128; rest >>>= 7) buffer[at++] = (rest & 127) | 128;
    buffer[at] = rest;
  }

  function utf8(value: string): number {
    const bytes = Buffer.byteLength(value);
    // Node writes half a surrogate pair as U+FFFD, which has the three bytes that it counted.
    // First the room, then the buffer: making room may have replaced it.
    const at = room(bytes);
    buffer.write(value, at, 'utf8');
    return bytes;
  }

  /** The way into Node and back takes longer than a short text does; undefined for what is not ASCII. */
  function ascii(value: string): number | undefined {
    const before = written;
    const at = room(value.length);
    for (let char = 0; char < value.length; char += 1) {
      const code = value.charCodeAt(char);
      if (code > 127) {
        written = before;
        return undefined;
      }
      buffer[at + char] = code;
    }
    return value.length;
  }

  return {
    text(tag, value) {
      const bytes = (value.length <= shortChars ? ascii(value) : undefined) ?? utf8(value);
      varint(bytes);
      varint((tag << 3) | 2);
    },
    number(tag, value) {
      varint(value);
      varint(tag << 3);
    },
    time(tag, ms) {
      const at = room(8);
      buffer.writeBigUInt64LE(BigInt.asUintN(64, BigInt(ms) * 1_000_000n), at);
      varint((tag << 3) | 1);
    },
    open: () => written,
    close(tag, opened, following = 0) {
      varint(written - opened + following);
      varint((tag << 3) | 2);
    },
    take() {
      const out = Buffer.from(buffer.subarray(buffer.length - written));
      written = 0;
      return out;
    },
  };
}

/** The value of a field that is a number or bytes; the last one where there are several, undefined where there is none or it is cut off. */
export function read(bytes: Uint8Array, wanted: number): bigint | Uint8Array | undefined {
  let found: bigint | Uint8Array | undefined;
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length && shift < 70n; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = Number(next());
    const type = key & 7;
    if (type !== 0 && type !== 2) return found;
    const value = next();
    if (type === 2 && at + Number(value) > bytes.length) return found;
    const content = type === 0 ? value : bytes.subarray(at, (at += Number(value)));
    if (key >>> 3 === wanted) found = content;
  }
  return found;
}
