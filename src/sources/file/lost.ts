import { parseTime } from '../../decode/time.ts';
import type { Gap } from '../gap.ts';
import { originOf } from './origin.ts';
import type { Loss } from './segment.ts';

/**
 * The gap in a log between the newest line that was read and the first record behind it, whose time is `until`, empty when
 * there is none or it has no time. `offset` tells gaps of a log apart whose lines have no times.
 */
export function gapIn(
  path: string,
  source: string,
  reason: Loss,
  newest: number | undefined,
  until: string,
  offset: number,
): Gap {
  const place = `${newest ?? offset} ${until}`;
  return { source, path, origin: originOf(path), reason, place, fromMs: newest, untilMs: parseTime(until) };
}
