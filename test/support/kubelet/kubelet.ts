import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Command, Ledger, LogForm, WriterOptions } from './ledger.ts';

/** A container's log with a life of its own: a process that writes, rotates and restarts as the kubelet (or Docker) does. */
export interface Kubelet {
  /** The pattern that finds the log. */
  readonly paths: string;
  /** Where the log and its rotated files lie. */
  readonly folder: string;
  /** Appends events and what comes with them. Like all commands it resolves, when it is done, with what was written so far. */
  write(events: number): Promise<Ledger>;
  /** Goes on appending by itself; 0 ends it. */
  rate(eventsPerSecond: number): Promise<Ledger>;
  rotate(): Promise<Ledger>;
  /** The container is restarted: its log is `1.log` now. */
  restart(): Promise<Ledger>;
  tell(): Promise<Ledger>;
}

const podName = 'authentik_authentik-server-6c55fb8696-mj5t8_3f0c7a52-9d1e-4b8a-8c64-1e5a9b72d0f3';

/** Starts the model below a folder; it ends with the test. The same seed writes the same lines. */
export async function startKubelet(
  context: { after(undo: () => Promise<void>): void },
  below: string,
  { form = 'kubelet', seed, rotateBytes = 0 }: { form?: LogForm; seed: number; rotateBytes?: number },
): Promise<Kubelet> {
  const folder = join(below, 'pods', podName, 'server');
  const options: WriterOptions = { folder, form, seed, rotateBytes };
  const child = fork(join(import.meta.dirname, 'process.ts'), [JSON.stringify(options)]);
  const exited = once(child, 'exit');
  context.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let last: Promise<unknown> = Promise.resolve();
  const tell = (command: Command): Promise<Ledger> => {
    const answer = last.then(async () => {
      const reply = once(child, 'message');
      child.send(command);
      const [ledger]: Ledger[] = await Promise.race([
        reply,
        exited.then(() => Promise.reject(new Error('the model died'))),
      ]);
      if (ledger === undefined) throw new Error('the model said nothing');
      return ledger;
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  await tell({ do: 'tell' });
  return {
    paths: join(below, 'pods', '*', 'server', '*.log'),
    folder,
    write: (events) => tell({ do: 'write', events }),
    rate: (eventsPerSecond) => tell({ do: 'rate', eventsPerSecond }),
    rotate: () => tell({ do: 'rotate' }),
    restart: () => tell({ do: 'restart' }),
    tell: () => tell({ do: 'tell' }),
  };
}
