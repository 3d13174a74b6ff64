import type { Event, Origin } from '../core/event.ts';
import type { FamilyCounts } from '../core/family.ts';

export interface DecoderOptions {
  /** Namespace, pod and container when the file's place tells; the stream is filled in per record. */
  readonly origin: Omit<Origin, 'stream'>;
  /** Longest logical line in bytes, wrapper excluded, joined; a longer one is skipped to its end and counted. */
  readonly maxLineBytes: number;
  /** Emit the identification stage's `invalid_login` look-alikes as action `invalid_identifier`. */
  readonly lookalikes: boolean;
  /**
   * `detect` (the default) tells each line's wrapper by its bytes. `timestamped`: every line begins with the container's time and
   * a blank, as the pod-log API writes it; what follows is the line, whatever it resembles. A line without a time is `unparsable`.
   */
  readonly form?: 'detect' | 'timestamped';
  /** Where reading starts. Default: the beginning. */
  readonly resume?: ResumePoint;
}

/**
 * Where to go on reading so that nothing is lost and nothing counted twice: `next` is the byte offset behind the last whole
 * record; `open` has, per stream, the offset of the first record of a line whose end has not been seen. A reader starts at
 * {@link readFrom}; records before `next` are then taken only for the streams that are open, from their offset on.
 */
export interface ResumePoint {
  readonly next: number;
  readonly open: { readonly [stream: string]: number };
}

/** What a push completed. Lines that are no events exist here as numbers only. */
export interface Decoded {
  /** The caller's own. */
  readonly events: Event[];
  readonly counts: FamilyCounts;
  /** Time of the newest line that carried one, ms; undefined when none did. */
  readonly newest: number | undefined;
}

/** Turns the bytes of one log file or stream into events. Pure: no I/O, no clock. One per file, fed in order. */
export interface Decoder {
  /** The next bytes; they may end anywhere. The bytes may be overwritten after the call. */
  push(bytes: Uint8Array): Decoded;
  /** No more bytes will come (the file was rotated away or the stream ended): the torn last line counts as a line. */
  end(): Decoded;
  /** Where to go on if the process stopped now. */
  resume(): ResumePoint;
}

/** The byte offset at which a reader must start for a resume point. */
export function readFrom(point: ResumePoint): number {
  return Math.min(point.next, ...Object.values(point.open));
}
