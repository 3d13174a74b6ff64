import { parseTime } from '../../decode/time.ts';
import type { Gap } from '../gap.ts';
import type { Progress } from './place.ts';
import type { Target } from './reading.ts';

/** The gap of the instances that ran unread before instance number `until`, the oldest one that the API still has. */
export function restartsGap(source: string, target: Target, { restarts, place }: Progress, until: number): Gap {
  const { key, namespace, pod, container } = target;
  return {
    source,
    path: key,
    origin: { namespace, pod, container },
    reason: 'restarts',
    place: `${key} ${restarts}-${until}`,
    fromMs: parseTime(place.marks.at(-1)?.time ?? ''),
    untilMs: undefined,
  };
}
