import { glob } from 'node:fs/promises';
import { statOrMissing } from './errno.ts';
import type { Troubles } from './troubles.ts';
import { baseOf } from './watch.ts';

/** The log files that match the patterns, each once. Links lead to files; folders, pipes and devices are left out. */
export async function* findLogs(patterns: readonly string[], troubles: Troubles): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (const pattern of patterns) {
    const { folder } = baseOf(pattern);
    if ((await statOrMissing(folder).catch(() => undefined)) === undefined) troubles.add(folder, 'ENOENT');
    else troubles.settle(folder);
    let found = 0;
    for await (const path of glob(pattern)) {
      // A link whose target is not there yet matches the pattern and is no file.
      if ((await statOrMissing(path).catch(() => undefined))?.isFile() !== true) continue;
      found += 1;
      if (!seen.has(path)) yield path;
      seen.add(path);
    }
    if (found === 0) troubles.add(pattern, 'no match');
    else troubles.settle(pattern);
  }
}
