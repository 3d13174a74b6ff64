import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { SafeEvent } from '../../src/core/event.ts';
import type { Json } from '../../src/core/json.ts';

/** What Python says about a program and an event. */
export type PythonResult = 'true' | 'false' | 'raises' | { readonly value: Json };

/** Whether this machine has Python; the tests that ask it say so when it has not. */
export const python: { readonly skip?: string } =
  spawnSync('python3', ['--version']).status === 0 ? {} : { skip: 'skipped: this machine has no python3' };

/** Runs programs over events with Python itself: a list of results per program. */
export function runPython(
  programs: readonly string[],
  events: readonly SafeEvent[],
  purpose: 'policy' | 'mapping',
): readonly (readonly PythonResult[])[] {
  const { status, stdout, stderr } = spawnSync(
    'python3',
    ['-I', '-W', 'ignore', join(import.meta.dirname, 'oracle.py')],
    {
      input: JSON.stringify({ programs, events, purpose }),
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      timeout: 150_000,
    },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as readonly (readonly PythonResult[])[];
}
