import type { LogForm } from './ledger.ts';

/** containerd's `max_container_log_line_size` and Docker's buffer: a longer line is split into records of this many bytes. */
const recordBytesMax = 16 * 1024;

/** The records that the container runtime writes for one line, one write each. `time` gives a new time for every record. */
export function recordsOf(form: LogForm, text: string, stream: 'stdout' | 'stderr', time: () => string): Buffer[] {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += recordBytesMax) {
    parts.push(bytes.subarray(at, at + recordBytesMax));
  }
  return parts.map((part, at) => {
    const isLast = at === parts.length - 1;
    return form === 'docker' ? dockerRecord(part, stream, time(), isLast) : criRecord(part, stream, time(), isLast);
  });
}

function criRecord(part: Buffer, stream: string, time: string, isLast: boolean): Buffer {
  return Buffer.concat([Buffer.from(`${time} ${stream} ${isLast ? 'F' : 'P'} `), part, Buffer.from('\n')]);
}

/** Docker marks a part that goes on by the missing newline. */
function dockerRecord(part: Buffer, stream: string, time: string, isLast: boolean): Buffer {
  const log = `${part.toString('utf8')}${isLast ? '\n' : ''}`;
  return Buffer.from(`${JSON.stringify({ log, stream, time })}\n`);
}

/** Model time as the runtimes write it: RFC 3339 with nanoseconds, zeros at the end left out. */
export function timeText(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19);
  const fraction = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

/** The second in a rotated file's name, as the kubelet writes it: `20260115-093000`. */
export function secondName(micros: number): string {
  return timeText(micros).slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
