import type { Measured } from './measure.ts';
import type { Sink } from './sink.ts';

/** One whole reading of a file by one program, from its start to the last event's arrival at the sink. */
export interface RunResult {
  readonly wallSeconds: number;
  /** From the first event's arrival to the last one's: without the program's start. */
  readonly streamSeconds: number;
  readonly cpuSeconds: number;
  readonly rssPeakBytes: number;
  readonly rssMeanBytes: number;
  readonly requests: number;
}

/** The slowest run that is still waited for. */
const waitMsMax = 180_000;

/** Starts the program and waits until the sink has `events`; one that ends or stays short of them is an error, not a number. */
export async function checkedRun(name: string, sink: Sink, events: number, launch: () => Measured): Promise<RunResult> {
  await sink.reset();
  const program = launch();
  try {
    const stats = await sink.reached(events, waitMsMax);
    const usage = program.usage();
    const got = Math.max(stats.items, stats.distinct);
    if (got !== events) throw new Error(`${name}: the sink has ${got} events instead of ${events}`);
    return {
      wallSeconds: (stats.lastAt - program.startedAt) / 1000,
      streamSeconds: (stats.lastAt - stats.firstAt) / 1000,
      cpuSeconds: usage.cpuSeconds,
      rssPeakBytes: usage.rssPeakBytes,
      rssMeanBytes: program.rssMeanBytes(),
      requests: stats.requests,
    };
  } finally {
    await program.stop('SIGKILL');
  }
}
