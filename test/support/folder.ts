import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '..', '..');

/** The test files that test/all/<folder>.ts runs, relative to the project: all of its folder but those that want a process of their own. */
export function filesOf(entry: string): readonly string[] {
  const own = `test/${basename(entry, '.ts')}`;
  return globSync(`${own}/**/*.test.ts`, { cwd: root, exclude: ['**/alone/**'] }).toSorted();
}

/** Runs a folder's test files one after the other in this process: most take less time than a process and its modules. */
export function runFolder(entry: string): void {
  // Whoever ends the process takes all tests that come after along, which Node would call a success.
  let ended = false;
  after(() => void (ended = true));
  process.once('exit', () => {
    if (!ended) process.exitCode = 1;
  });
  // Each is a suite, so that its hooks are for itself only.
  for (const path of filesOf(entry)) describe(path, () => load(path));
}

/** No test file has so much to do before its first test. */
const loadMsMax = 60_000;

/** Node counts no suite as failed: a file that cannot be loaded is a test that fails. */
async function load(path: string): Promise<void> {
  try {
    await Promise.race([import(join(root, path)), tooLate()]);
  } catch (error) {
    test(`${path} is loaded`, () => {
      throw error;
    });
  }
}

/** The runner has a limit for tests, and none for a file that never gets to them. */
async function tooLate(): Promise<never> {
  await sleep(loadMsMax, undefined, { ref: false });
  throw new Error(`not loaded within ${loadMsMax / 1000} s`);
}
