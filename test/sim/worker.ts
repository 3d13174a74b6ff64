import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../src/core/clock.ts';
import { prepareMany } from './many.ts';

/** The share of the runs that one thread has: `first`, `first + step` and so on, `runsMin` of them and more until the time is over. */
export interface Share {
  readonly first: number;
  readonly step: number;
  readonly runsMin: number;
  readonly budgetMs: number;
}

/** What a thread says at its end. */
export interface Done {
  readonly runs: number;
  /** The first run that failed: what failed and the end of its story. */
  readonly failed: { readonly seed: number; readonly text: string } | undefined;
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin.
parentPort?.postMessage(await work(workerData as Share));

async function work({ first, step, runsMin, budgetMs }: Share): Promise<Done> {
  const failed = prepareMany();
  const start = systemClock.monotonic();
  let runs = 0;
  for (; runs < runsMin || systemClock.monotonic() - start < budgetMs; runs += 1) {
    const seed = first + runs * step;
    const outcome = await failed(seed);
    if (outcome === undefined) continue;
    const { trace, failure } = outcome;
    return { runs, failed: { seed, text: `${trace.slice(-40).join('\n')}\n${inspect(failure)}` } };
  }
  return { runs, failed: undefined };
}
