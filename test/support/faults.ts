import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartOptions } from './scenario.ts';

/** For the `skip` of a test: false where the machine allows the fault, else why it does not. Said on standard error too. */
type Skip = string | false;

function skipUnless(allowed: boolean, why: string): Skip {
  if (allowed) return false;
  process.stderr.write(`SKIPPED: ${why}\n`);
  return `skipped: ${why}`;
}

const works = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;

/** Whether this process may mount a small disk. */
export function mountSkip(): Skip {
  const folder = mkdtempSync(join(tmpdir(), 'herald-mount-'));
  const mounted = works('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder);
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return skipUnless(mounted, 'no tmpfs can be mounted here (CAP_SYS_ADMIN is needed), so the disk is never full');
}

/** A folder that is a disk of so many bytes; it goes with the test. */
export function mountDisk(context: { after(undo: () => void): void }, bytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'herald-disk-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  if (status !== 0) throw new Error(`mount: ${stderr.toString('utf8')}`);
  context.after(() => {
    // Lazily, because the daemon may live a moment longer.
    spawnSync('umount', ['--lazy', folder]);
    rmdirSync(folder);
  });
  return folder;
}

/** Whether system calls can be made to fail. */
export function traceSkip(): Skip {
  const options = ['-D', '-f', '-qq', '--seccomp-bpf', '-o', '/dev/null'];
  const injected = ['-e', 'trace=openat', '-e', 'inject=openat:error=ENOENT'];
  // A program that can open nothing does not start.
  const traced = works('strace', ...options, 'true') && !works('strace', ...options, ...injected, 'true');
  return skipUnless(traced, 'strace is not installed or ptrace is not allowed, so no system call fails');
}

/** System calls that fail; `start` is how to start the daemon under them. */
export interface FailingCalls {
  readonly start: StartOptions;
  /** How many have failed. */
  injected(): number;
}

/**
 * Makes system calls of the daemon fail: `inject` as strace's option of that name, only for the one file. The daemon is the child,
 * strace its shadow, so that signals reach the daemon. Calls are counted per thread: one does all the reading.
 */
export function failingCalls(folder: string, file: string, inject: string): FailingCalls {
  const trace = join(folder, 'strace');
  const calls = inject.slice(0, inject.indexOf(':'));
  const options = ['-D', '-f', '-qq', '--seccomp-bpf', '-o', trace, '-P', file];
  return {
    start: {
      env: { UV_THREADPOOL_SIZE: '1' },
      under: ['strace', ...options, '-e', `trace=${calls}`, '-e', `inject=${inject}`],
    },
    injected: () => (existsSync(trace) ? readFileSync(trace, 'latin1').split('(INJECTED)').length - 1 : 0),
  };
}

/** Whether the clock can be moved under a process. */
export function clockSkip(): Skip {
  const library = fakeTimeLibrary() ?? '';
  const env = { LD_PRELOAD: library, FAKETIME: '-7000d' };
  const year = spawnSync(process.execPath, ['-p', 'new Date().getFullYear()'], { env }).stdout.toString('utf8');
  const moved = library !== '' && Number(year) < new Date().getFullYear();
  return skipUnless(moved, 'libfaketime is not installed or does not work here, so no clock jumps');
}

/** A clock that the test moves while the daemon runs; `start` is how to start the daemon on it. */
export interface MovingClock {
  readonly start: StartOptions;
  /** From now on the time is so many seconds from the real one. */
  move(seconds: number): void;
}

export function movingClock(folder: string): MovingClock {
  const file = join(folder, 'time');
  const move = (seconds: number): void => {
    // In one piece, because the library may read it at any moment.
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}s\n`);
    renameSync(`${file}.new`, file);
  };
  move(0);
  return {
    move,
    start: {
      env: {
        LD_PRELOAD: fakeTimeLibrary() ?? '',
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        // A clock that is set moves the wall clock only.
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    },
  };
}

function fakeTimeLibrary(): string | undefined {
  const lib = '/usr/lib';
  return readdirSync(lib)
    .map((name) => join(lib, name, 'faketime', 'libfaketime.so.1'))
    .find((path) => existsSync(path));
}
