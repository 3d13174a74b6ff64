import { blank, colon } from './bytes.ts';

/** The streams of a container in the order of their numbers below. */
export const streams = ['stdout', 'stderr'] as const;
export type Stream = 0 | 1;

/** The line has no CRI header. */
export const noHeader = -1;
/** The line begins as a CRI record and is none: the tag is missing or unknown. */
export const brokenHeader = -2;

/**
 * Reads the header of a CRI record, `<RFC3339Nano> <stdout|stderr> <P|F>[:tag…] <text>`, by the places of its bytes.
 * Gives {@link noHeader}, {@link brokenHeader} or a number for {@link textOf}, {@link streamOf} and {@link isPartial}:
 * an object for every line would cost more than the reading. The time begins at `from` and ends before the first blank.
 */
export function readHeader(bytes: Uint8Array, from: number, to: number): number {
  const timeEnd = endOfTime(bytes, from, to);
  if (timeEnd < 0 || bytes[timeEnd + 1] !== 115 || bytes[timeEnd + 2] !== 116 || bytes[timeEnd + 3] !== 100) {
    return noHeader;
  }
  const stream = streamAt(bytes, timeEnd + 4);
  if (stream < 0) return noHeader;
  const tag = timeEnd + 8;
  const partial = bytes[tag] === 80 ? 1 : 0;
  if (tag >= to || (partial === 0 && bytes[tag] !== 70)) return brokenHeader;
  const text = textAfter(bytes, tag + 1, to);
  return text < 0 ? brokenHeader : (text << 2) | (stream << 1) | partial;
}

/** Where the record's text begins. */
export function textOf(header: number): number {
  return header >> 2;
}

export function streamOf(header: number): Stream {
  return (header & 2) === 0 ? 0 : 1;
}

/** True when the line goes on in the stream's next record. */
export function isPartial(header: number): boolean {
  return (header & 1) === 1;
}

/** The time of the record at `from` as text. */
export function timeText(bytes: Buffer, from: number): string {
  return bytes.toString('latin1', from, bytes.indexOf(blank, from));
}

/** The place behind the time that begins at `from`, which is a blank; -1 when there is none. */
export function endOfTime(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from + 4] !== 45 || bytes[from + 10] !== 84 || bytes[from + 13] !== 58) return -1;
  // `2026-01-15T08:59:08.543472529Z` is by far the most frequent length; Go drops zeros at the end. With two digits left, a
  // blank stands at the usual place too, the one behind `stdout`.
  if (bytes[from + 30] === blank && bytes[from + 29] === 90 && from + 30 < to) return from + 30;
  for (let at = from + 20; at < from + 36 && at < to; at++) if (bytes[at] === blank) return at;
  return -1;
}

/** True for the beginning of a CRI header with nothing behind it: what a crash leaves of a record. */
export function isCutHeader(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT[\d:.]*(?:(?:Z|[+-]\d\d:\d\d)(?: (?:s(?:t(?:d(?:o(?:ut?)?|e(?:rr?)?)?)?)?)?)?)?$/.test(text);
}

function streamAt(bytes: Uint8Array, at: number): number {
  if (bytes[at + 3] !== blank) return -1;
  if (bytes[at] === 101 && bytes[at + 1] === 114 && bytes[at + 2] === 114) return 1;
  return bytes[at] === 111 && bytes[at + 1] === 117 && bytes[at + 2] === 116 ? 0 : -1;
}

/** The text begins behind the blank after the tags; a record without text may lack the blank. */
function textAfter(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return to;
  if (bytes[at] === blank) return at + 1;
  if (bytes[at] !== colon) return -1;
  let end = at;
  while (end < to && bytes[end] !== blank) end++;
  return end < to ? end + 1 : to;
}
