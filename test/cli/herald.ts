import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { bundle, compiledOnce } from '../support/bundle.ts';
import type { Finished } from './standing.ts';

/** Runs `herald` to its end in a folder, with nothing in its environment but what is given. */
export function herald(cwd: string, args: readonly string[], env: { readonly [name: string]: string } = {}): Finished {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], {
    cwd,
    env: { ...compiledOnce, ...env },
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { code: status, stdout, stderr };
}

/** A folder of its own with some files, gone after the test. */
export function folder(t: TestContext, files: { readonly [name: string]: string } = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'herald-cli-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** The same beside servers of this process, which a synchronous wait would keep from answering. */
export async function heraldAlongside(
  cwd: string,
  args: readonly string[],
  env: { readonly [name: string]: string } = {},
  program = bundle,
): Promise<Finished> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    cwd,
    env: { ...compiledOnce, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}
