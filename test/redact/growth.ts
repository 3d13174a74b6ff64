const roundsMax = 40;

/** The least CPU time of one run, in milliseconds. */
export interface Growth {
  readonly smallMs: number;
  readonly largeMs: number;
}

/** A piece of work, of which so many runs are timed together: a short one meets as much of what else the machine does as a long one. */
export interface Work {
  readonly run: () => void;
  readonly runs: number;
}

/**
 * What a small and a large piece of work take: the least of at least `roundsMin` tries, and of more for as long as `isRight` does not
 * hold. What else the machine does only ever adds, though only a little to what this thread has of a processor.
 */
export function growthOf(small: Work, large: Work, isRight: (growth: Growth) => boolean, roundsMin = 2): Growth {
  let growth: Growth = { smallMs: Infinity, largeMs: Infinity };
  for (let round = 0; round < roundsMax && !(isRight(growth) && round >= roundsMin); round++)
    growth = { smallMs: Math.min(growth.smallMs, timed(small)), largeMs: Math.min(growth.largeMs, timed(large)) };
  return growth;
}

function timed({ run, runs }: Work): number {
  const start = process.threadCpuUsage();
  for (let count = 0; count < runs; count++) run();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1e3 / runs;
}
