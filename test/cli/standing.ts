import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { compiledOnce } from '../support/bundle.ts';

/** A command line, where it is given and all that is in the environment. `mark` is said on both outputs when it is done. */
export interface Order {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly mark: string;
}

/** What a finished command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of `herald` in a process of the sources that stays for the next one: most of the time of a command goes into starting. */
export async function standingHerald(
  cwd: string,
  args: readonly string[],
  env: { readonly [name: string]: string } = {},
): Promise<Finished> {
  const finished = last.then(() => (standing ??= start())({ cwd, args, env, mark: `${randomUUID()}\n` }));
  last = finished.catch(() => undefined);
  return finished;
}

let standing: ((order: Order) => Promise<Finished>) | undefined;
/** One obeys after the other. */
let last: Promise<unknown> = Promise.resolve();

function start(): (order: Order) => Promise<Finished> {
  const child = fork(join(import.meta.dirname, 'in-turn.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: compiledOnce,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const died = once(child, 'exit').then(() => Promise.reject(new Error('a command has ended the process of all')));
  died.catch(() => (standing = undefined));
  const outputs = [child.stdout, child.stderr].map((output) => spoken(output as Readable & { unref(): void }));
  child.channel?.unref();
  return (order) => obey(child, outputs, order, died);
}

/** The process lives as long as this one, and keeps it from ending only while it obeys. */
async function obey(
  child: ChildProcess,
  outputs: readonly ((mark: string) => Promise<string>)[],
  order: Order,
  died: Promise<never>,
): Promise<Finished> {
  child.ref();
  const answer = Promise.all([once(child, 'message'), ...outputs.map((output) => output(order.mark))]);
  child.send(order);
  const [[code], stdout, stderr] = (await Promise.race([answer, died])) as [[number], string, string];
  child.unref();
  return { code, stdout, stderr };
}

/** Gives what is said up to a mark. */
function spoken(output: Readable & { unref(): void }): (mark: string) => Promise<string> {
  let text = '';
  let heard = (): void => undefined;
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    heard();
  });
  output.unref();
  return (mark) =>
    new Promise((resolve) => {
      heard = (): void => {
        if (!text.endsWith(mark)) return;
        resolve(text.slice(0, -mark.length));
        text = '';
      };
    });
}
