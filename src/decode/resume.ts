import { streams, type Stream } from './cri.ts';
import type { ResumePoint } from './decoder.ts';

/**
 * True for a record that was done before the point: it lies before `next` and is no part of a line that was open then.
 * A record of no stream is a line of its own.
 */
export function isPast(point: ResumePoint, offset: number, stream: Stream | undefined): boolean {
  if (offset >= point.next) return false;
  const name = stream === undefined ? undefined : streams[stream];
  if (name === undefined || !Object.hasOwn(point.open, name)) return true;
  return offset < (point.open[name] ?? 0);
}
