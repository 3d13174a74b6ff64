import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../core/clock.ts';

/**
 * Makes V8 prefer memory to speed: by itself it lets garbage grow to three times what lives, 60 MB more while a backlog is read. Not on
 * Node's command line, where such options make Node compile its own code anew, 70 ms at every start.
 */
export function saveMemory(): void {
  setFlagsFromString('--heap-growing-percent=50');
}

/** Long enough for the first requests, which load what they need. */
const startUpMs = 2000;
/** Longer than V8 waits before it collects what a collection may have left. */
const reducerMs = 10_000;

/** Once: what loading and checking left behind, 13 MB, would stay for as long as there is little to do. */
export async function collectStartUp(clock: Clock, stop: AbortSignal): Promise<void> {
  await clock.sleep(startUpMs, stop);
  if (stop.aborted) return;
  setFlagsFromString('--expose-gc');
  const collect: NodeJS.GCFunction = runInNewContext('gc');
  // V8 would follow this one by two more when nothing happens for 8 s, and they would find nothing.
  setFlagsFromString('--memory-reducer-gc-count=0');
  await collect({ flavor: 'last-resort', execution: 'async' });
  await clock.sleep(reducerMs, stop);
  setFlagsFromString('--memory-reducer-gc-count=2');
}
