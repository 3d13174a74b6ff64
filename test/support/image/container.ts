import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from './builder.ts';

export interface ContainerOptions {
  readonly image: Image;
  /** Folders of this machine by their place in the container; those that may be written to end in `:rw`. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/**
 * Starts an image as a cluster under the restricted Pod Security Standard would: its own user and environment, no capabilities, no new privileges, a
 * root file system that is read-only. The process is that of the program itself, so signals reach it.
 */
export function startContainer(context: { after(undo: () => void): void }, options: ContainerOptions): ChildProcess {
  const { config } = options.image;
  const fs = options.image.unpack();
  const mounts = Object.entries(options.mounts).map(([inside, outside]) => {
    const [from = '', mode = 'ro'] = outside.split(':');
    mkdirSync(join(fs, inside), { recursive: true });
    return `mount --bind ${from} ${fs}${inside} && mount -o remount,bind,${mode} ${fs}${inside}`;
  });
  mkdirSync(join(fs, 'proc'), { recursive: true });
  const script = [
    `mount --bind ${fs} ${fs}`,
    `mount -t proc proc ${fs}/proc`,
    ...mounts,
    // The binds below stay as they are: a remount is of one mount.
    `mount -o remount,bind,ro ${fs}`,
    `exec setpriv --no-new-privs /usr/sbin/chroot --userspec=${config.User} --groups= ${fs} "$@"`,
  ].join(' && ');
  const child = spawn(
    'unshare',
    ['--mount', 'sh', '-c', script, 'sh', ...config.Entrypoint, ...(options.args ?? config.Cmd)],
    {
      env: Object.fromEntries(config.Env.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string])),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  context.after(() => void child.kill('SIGKILL'));
  return child;
}
