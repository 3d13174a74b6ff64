import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

/** The test files that test/all/<folder>.ts runs, relative to the project: all of its folder but those that want a process of their own. */
export function filesOf(entry: string): readonly string[] {
  const own = `test/${basename(entry, '.ts')}`;
  return globSync(`${own}/**/*.test.ts`, { cwd: root, exclude: ['**/alone/**'] }).toSorted();
}

/** Runs a folder's test files one after the other in this process: most take less time than a process and its modules. */
export function runFolder(entry: string): void {
  // Each is a suite, so that its hooks are for itself only.
  for (const path of filesOf(entry)) describe(path, () => load(path));
}

/** Node counts no suite as failed: a file that cannot be loaded is a test that fails. */
async function load(path: string): Promise<void> {
  try {
    await import(join(root, path));
  } catch (error) {
    test(`${path} is loaded`, () => {
      throw error;
    });
  }
}
