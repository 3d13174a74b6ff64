import { newline } from './bytes.ts';
import { isDockerRecord, parseDocker } from './docker.ts';

/**
 * The collector's time of the first record as it is written there, from the first bytes of a log; empty when the log has no
 * wrapper or the record's time is not whole yet. With its nanoseconds it tells a container's log files apart.
 */
export function firstTime(head: Buffer): string {
  const end = head.indexOf(newline);
  if (isDockerRecord(head, 0)) {
    const record = end < 0 ? 'broken' : parseDocker(head.toString('utf8', 0, end));
    return typeof record === 'string' ? '' : record.time;
  }
  const line = head.toString('latin1', 0, Math.min(end < 0 ? head.length : end, timeCharsMax));
  return stamp.exec(line)?.[1] ?? '';
}

const timeCharsMax = 64;
// A time to the second is no mark: two logs may begin in the same one.
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}(?:Z|[+-]\d\d:\d\d)) /;
