import { gapAction } from '../core/action.ts';
import { withViews, type Event, type Origin } from '../core/event.ts';
import { createIdentify } from '../decode/id.ts';

/** Lines that a source can never read any more. */
export interface Gap {
  readonly source: string;
  /** The log, as the source names it. */
  readonly path: string;
  readonly origin: Omit<Origin, 'stream'>;
  /** Why, as a word of a closed set of the source's. */
  readonly reason: string;
  /** What tells this gap from others of the same log, the same whenever and by whomever it is found. */
  readonly place: string;
  /** Time of the newest line that was read before it, ms. */
  readonly fromMs: number | undefined;
  /** Time of the first line behind it, ms. */
  readonly untilMs: number | undefined;
  /** How much is lost, when that is known. */
  readonly bytes?: number;
}

/**
 * The event of herald's own that stands in the journal for lost lines. Its id depends on the gap only, so it is stored once
 * however often it is found. `nowMs` is its time when neither end of the gap has one.
 */
export function gapEvent(gap: Gap, nowMs: number): Event {
  const { source, path, origin, reason, place, fromMs, untilMs, bytes } = gap;
  const log = Object.keys(origin).length === 0 ? path : '';
  return withViews({
    id: createIdentify(origin)(gapAction, Buffer.from(`${log}\n${reason}\n${place}`)),
    at: untilMs ?? fromMs ?? nowMs,
    action: gapAction,
    user: {},
    context: {
      source,
      path,
      reason,
      ...(fromMs !== undefined && { from: new Date(fromMs).toISOString() }),
      ...(untilMs !== undefined && { until: new Date(untilMs).toISOString() }),
      ...(bytes !== undefined && { bytes }),
    },
    origin,
  });
}
