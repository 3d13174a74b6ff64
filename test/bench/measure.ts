import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a process has used so far. Seconds of CPU are user and system time of all its threads and ended children. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly rssPeakBytes: number;
}

/** A process under measurement. */
export interface Measured {
  readonly pid: number;
  /** When it was started, ms since 1970 with fractions. */
  readonly startedAt: number;
  usage(): Usage;
  /** Mean of the resident bytes, sampled every 50 ms since the start. */
  rssMeanBytes(): number;
  /** True until it has ended. */
  alive(): boolean;
  /** Sends the signal and waits for the end; after `waitMsMax` it is killed. */
  stop(signal?: NodeJS.Signals, waitMsMax?: number): Promise<void>;
}

/** Now, on the clock that other processes on this machine share: ms since 1970 with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Starts a program; what it prints goes to the file `log`. */
export function start(command: string, args: readonly string[], log: string): Measured {
  const out = openSync(log, 'a');
  const startedAt = now();
  const child = spawn(command, args, { stdio: ['ignore', out, out] });
  closeSync(out);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} can't be started`);
  let sum = 0;
  let samples = 0;
  const sampler = setInterval(() => {
    if (!alive(child)) return;
    sum += memory(pid, 'VmRSS');
    samples += 1;
  }, 50);
  sampler.unref();
  child.once('exit', () => clearInterval(sampler));
  return {
    pid,
    startedAt,
    usage: () => {
      if (!alive(child)) throw new Error(`${command} has ended, see ${log}`);
      return { cpuSeconds: cpuSeconds(pid), rssBytes: memory(pid, 'VmRSS'), rssPeakBytes: memory(pid, 'VmHWM') };
    },
    rssMeanBytes: () => sum / Math.max(samples, 1),
    alive: () => alive(child),
    stop: (signal = 'SIGTERM', waitMsMax = 10_000) => stop(child, signal, waitMsMax),
  };
}

/** The middle value; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
    : (sorted[Math.floor(middle)] ?? NaN);
}

/** The value below which `share` of the values lie (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? NaN;
}

function alive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals, waitMsMax: number): Promise<void> {
  if (!alive(child)) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const giveUp = new AbortController();
  const late = sleep(waitMsMax, undefined, { signal: giveUp.signal }).then(
    () => child.kill('SIGKILL'),
    () => false,
  );
  await exited;
  giveUp.abort();
  await late;
}

/** Linux counts in ticks of 10 ms; the program's name in parentheses may hold blanks. */
const ticksPerSecond = 100;

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime, stime, cutime, cstime of proc(5), which counts from 1 and has two fields before these.
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

function memory(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) * 1024;
}
