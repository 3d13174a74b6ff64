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

/** No command of a test takes longer. */
const commandMsMax = 120_000;

function start(): (order: Order) => Promise<Finished> {
  const child = fork(join(import.meta.dirname, 'in-turn.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: compiledOnce,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const stdout = listen(child.stdout as Output);
  const stderr = listen(child.stderr as Output);
  const died = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`a command has ended the process of all (${code ?? signal}): ${stderr.heard()}`);
  });
  died.catch(() => (standing = undefined));
  child.channel?.unref();
  return async (order) => {
    const answer = Promise.all([once(child, 'message'), stdout.upTo(order.mark), stderr.upTo(order.mark)]);
    const [[code], out, err] = await Promise.race([obey(child, order, answer), died]);
    return { code, stdout: out, stderr: err };
  };
}

/** The process lives as long as this one, and keeps it from ending only while it obeys. One that takes too long is ended. */
async function obey<T>(child: ChildProcess, order: Order, answer: Promise<T>): Promise<T> {
  const limit = setTimeout(() => child.kill(), commandMsMax);
  child.ref();
  child.send(order);
  const given = await answer;
  child.unref();
  clearTimeout(limit);
  return given;
}

type Output = Readable & { unref(): void };

interface Listener {
  /** What was said since the last mark. */
  heard(): string;
  /** Resolves with what is said up to a mark. */
  upTo(mark: string): Promise<string>;
}

function listen(output: Output): Listener {
  let text = '';
  let look = (): void => undefined;
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    look();
  });
  output.unref();
  return {
    heard: () => text,
    upTo: (mark) =>
      new Promise((resolve) => {
        look = (): void => {
          const end = text.indexOf(mark);
          if (end < 0) return;
          resolve(text.slice(0, end));
          text = text.slice(end + mark.length);
        };
      }),
  };
}
