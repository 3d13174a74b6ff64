import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GeneratedLog } from './generate.ts';
import { now } from './measure.ts';
import type { RunResult } from './throughput.ts';

const run = promisify(execFile);

/** The least that reading lines can cost: `wc -l`, which looks for newlines only. */
export async function runWc({ file, records }: GeneratedLog): Promise<RunResult> {
  const script = 'TIMEFORMAT="%R %U %S"; time wc -l < "$0"';
  // Without --norc bash takes the socket that is its stdin for a remote shell and reads the user's own start file.
  const { stdout, stderr } = await run('bash', ['--norc', '-c', script, file], {
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  if (Number(stdout) !== records) throw new Error(`wc: ${stdout.trim()} lines instead of ${records}`);
  const [wall = NaN, user = NaN, system = NaN] = stderr.trim().split(' ').map(Number);
  return result(wall, user + system, NaN);
}

/** What a plain script would do: every line becomes a string, every JSON line an object. */
export async function runJsonLoop({ file, events, eventsSplit }: GeneratedLog): Promise<RunResult> {
  const startedAt = now();
  const { stdout } = await run(process.execPath, [fileURLToPath(import.meta.url), file]);
  const wallSeconds = (now() - startedAt) / 1000;
  const found: { events: number; cpuSeconds: number; rssBytes: number } = JSON.parse(stdout);
  if (found.events !== events - eventsSplit) throw new Error(`JSON.parse loop: ${found.events} events`);
  return result(wallSeconds, found.cpuSeconds, found.rssBytes);
}

function result(wallSeconds: number, cpuSeconds: number, rssBytes: number): RunResult {
  return {
    wallSeconds,
    streamSeconds: wallSeconds,
    cpuSeconds,
    rssPeakBytes: rssBytes,
    rssMeanBytes: rssBytes,
    requests: 0,
  };
}

function countEvents(file: string): number {
  const input = openSync(file, 'r');
  const chunk = Buffer.allocUnsafe(1024 * 1024);
  let rest = '';
  let events = 0;
  for (let size = readSync(input, chunk); size > 0; size = readSync(input, chunk)) {
    const lines = (rest + chunk.toString('utf8', 0, size)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (isEvent(line)) events += 1;
  }
  closeSync(input);
  return events;
}

/** Time, stream and tag are the first three words of a CRI record. */
function isEvent(line: string): boolean {
  const stream = line.indexOf(' ') + 1;
  const text = line.slice(line.indexOf(' ', stream) + 3);
  try {
    const { event, level }: { event?: unknown; level?: unknown } = JSON.parse(text);
    return event === 'Created Event' && level === 'info';
  } catch {
    // Plain lines and the parts of split ones.
    return false;
  }
}

if (import.meta.main) {
  const events = countEvents(process.argv[2] ?? '');
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const used = { events, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, rssBytes: maxRSS * 1024 };
  process.stdout.write(JSON.stringify(used));
}
