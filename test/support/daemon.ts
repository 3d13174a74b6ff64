import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, compiledOnce, startLine } from './bundle.ts';
import { waitUntil } from './source.ts';

/** The bundled daemon as a user starts it, in a folder of its own. */
export interface Daemon {
  readonly process: ChildProcess;
  /** What it wrote to standard error so far: its log. */
  log(): string;
  stdout(): string;
  /** Resolves with the exit code, or the signal that ended it. */
  exited(): Promise<number | NodeJS.Signals | null>;
  /** Resolves when the log has this text; rejects when it has ended without saying it. */
  logged(text: string): Promise<void>;
}

/** With what only a shell reads in the bundle, memory is what it is in the image. */
const { variables, options } = startLine();
const ownEnv = Object.fromEntries(variables.map((variable) => variable.split('=', 2)));

/** A temporary folder that goes with the test. */
export function temporaryFolder(context: { after(undo: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'herald-e2e-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts `herald …` in a folder, `under` another program where one is given. The test ends it, at the latest when it is over. */
export function startDaemon(
  context: { after(undo: () => Promise<void>): void },
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  under: readonly string[] = [],
): Daemon {
  const [command = process.execPath, ...rest] = [...under, process.execPath, ...options, bundle, ...args];
  const child = spawn(command, rest, {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...ownEnv, ...compiledOnce, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  let stdout = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  let ended = false;
  const closed = once(child, 'close').then(() => void (ended = true));
  context.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await closed;
  });
  return {
    process: child,
    log: () => log,
    stdout: () => stdout,
    exited: async () => {
      await closed;
      return child.exitCode ?? child.signalCode;
    },
    logged: (text) =>
      waitUntil(
        () => {
          if (ended && !log.includes(text)) throw new Error(`it has ended without ${text} in its log:\n${log}`);
          return Promise.resolve(log.includes(text));
        },
        () => `${text} in the log:\n${log}`,
      ),
  };
}

/** Writes `config.yaml` into the folder: a file source on `app.log` unless another is given, one rule for all events, the given destination. */
export function writeConfig(
  folder: string,
  destination: string,
  more = '',
  {
    source = `{type: file, paths: [${folder}/*.log], start_at: beginning}`,
    journal = `{path: ${folder}/journal}`,
  }: { readonly source?: string; readonly journal?: string } = {},
): void {
  writeFileSync(
    join(folder, 'config.yaml'),
    `sources: [${source}]
journal: ${journal}
rules:
  - {name: all, policies: [{action: "*"}], destinations: [out]}
destinations:
  out: ${destination}
server: {listen: "127.0.0.1:0"}
${more}`,
  );
}
