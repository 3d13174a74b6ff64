import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { prepareMany } from './many.ts';

/** The share of the runs that one thread has: the seeds `first`, `first + step` and so on, up to `last`. */
export interface Share {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** What a thread says at its end. */
export interface Done {
  readonly runs: number;
  /** The first run that failed: what failed and the end of its story. */
  readonly failed: { readonly seed: number; readonly text: string } | undefined;
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin.
parentPort?.postMessage(await work(workerData as Share));

async function work({ first, last, step }: Share): Promise<Done> {
  const failed = prepareMany();
  let runs = 0;
  for (let seed = first; seed <= last; seed += step) {
    const outcome = await failed(seed);
    if (outcome !== undefined) {
      const { trace, failure } = outcome;
      return { runs, failed: { seed, text: `${trace.slice(-40).join('\n')}\n${inspect(failure)}` } };
    }
    runs += 1;
  }
  return { runs, failed: undefined };
}
