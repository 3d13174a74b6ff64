import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { bundle, compiledOnce } from '../support/bundle.ts';

/** What a finished command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `herald` to its end in a folder, with nothing in its environment but what is given. */
export function herald(cwd: string, args: readonly string[], env: { readonly [name: string]: string } = {}): Finished {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], {
    cwd,
    env: { ...compiledOnce, ...env },
    encoding: 'utf8',
    timeout: 30_000,
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
  return finished(cwd, [program, ...args], env, 30_000);
}

/**
 * Runs commands one after the other in one process, of the sources: where many are looked through, most of the time would go into
 * starting. Their `stdout`, `stderr` and `code` are each one's own.
 */
export async function heraldInTurn(
  cwd: string,
  commands: readonly (readonly string[])[],
): Promise<readonly Finished[]> {
  const mark = `\n${randomUUID()} `;
  const program = join(import.meta.dirname, 'in-turn.ts');
  const { code, stdout, stderr } = await finished(cwd, [program, JSON.stringify({ mark, commands })], {}, 120_000);
  assert.equal(code, 0, stderr);
  const errors = stderr.split(mark);
  const outputs = stdout.split(mark);
  assert.deepEqual([outputs.length, errors.length], [commands.length + 1, commands.length + 1], stderr);
  return commands.map((_, at) => {
    // The code of a command comes after its mark, before what the next one says.
    const [ended = ''] = outputs[at + 1]?.split('\n', 1) ?? [];
    const said = outputs[at] ?? '';
    return {
      code: Number(ended),
      stdout: at === 0 ? said : said.slice(said.indexOf('\n') + 1),
      stderr: errors[at] ?? '',
    };
  });
}

async function finished(
  cwd: string,
  args: readonly string[],
  env: { readonly [name: string]: string },
  timeoutMs: number,
): Promise<Finished> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd,
    env: { ...compiledOnce, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}
