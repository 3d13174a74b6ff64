import { simulate, type Outcome } from './simulate.ts';

/**
 * Makes ready for run after run in this process: without stacks every wait that is cancelled costs less. Returns what runs a seed and comes back with the outcome if it failed, with its stack.
 */
export function prepareMany(): (seed: number) => Promise<Outcome | undefined> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  return async (seed) => {
    const outcome = await simulate(seed);
    if (outcome.failure === undefined) return undefined;
    Error.stackTraceLimit = limit;
    const again = await simulate(seed);
    return again.failure === undefined ? outcome : again;
  };
}
