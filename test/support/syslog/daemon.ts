import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { waitUntil } from '../source.ts';

/** A real syslog receiver as a process of its own, with everything below one temporary folder, on 127.0.0.1 only. */
export interface SyslogDaemon {
  /** The lines of one of its files; resolves when there are at least that many. */
  lines(file: string, count: number): Promise<readonly string[]>;
  /** Ends it as its service manager would. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** What to run. Paths in it are in the folder that `prepare` was given. */
export interface DaemonCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** It listens when this one does. */
  readonly port: number;
}

/** Starts it and waits until it listens. It ends with this process whatever happens. */
export async function startSyslogDaemon(prepare: (folder: string) => DaemonCommand): Promise<SyslogDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'herald-syslog-'));
  const { command, args, port } = prepare(folder);
  let child: ReturnType<typeof spawn> | undefined;
  let output = '';
  const kill = (name: NodeJS.Signals): boolean => child?.kill(name) ?? false;
  const onExit = (): void => void kill('SIGKILL');
  const running = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const daemon: SyslogDaemon = {
    async lines(file, count) {
      for (;;) {
        const path = join(folder, file);
        const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
        if (lines.length >= count) return lines;
        if (!running()) throw new Error(`${command} ended:\n${output}`);
        await systemClock.sleep(300);
      }
    },
    async start() {
      child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      process.on('exit', onExit);
      const isThere = async (): Promise<boolean> => {
        if (!running()) throw new Error(`${command} ended at once:\n${output}`);
        return listens(port);
      };
      await waitUntil(isThere, () => `${command}:\n${output}`);
    },
    async stop() {
      if (!running() || child === undefined) return;
      const exited = once(child, 'exit');
      kill('SIGTERM');
      await exited;
      process.off('exit', onExit);
    },
    async close() {
      await daemon.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await daemon.start();
  } catch (error) {
    await daemon.close();
    throw error;
  }
  return daemon;
}

/** Throws with what the program says when it does not take the configuration. */
export function checkConfiguration(text: string, commandOf: (path: string) => readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'herald-syslog-'));
  const path = join(folder, 'checked.conf');
  writeFileSync(path, text);
  const [command = '', ...args] = commandOf(path);
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`${stdout}${stderr}\n${text}`);
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
