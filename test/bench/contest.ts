import { runBare } from './bare.ts';
import { runJsonLoop, runWc } from './baseline.ts';
import type { GeneratedLog } from './generate.ts';
import { runHerald } from './herald.ts';
import { median } from './measure.ts';
import type { Sink } from './sink.ts';
import { runSyslogNg } from './syslog-ng.ts';
import type { RunResult } from './throughput.ts';

/** Contestants in the order of the table. Each gets the file in turn, so that a busy moment of the machine hits all alike. */
export const contestants = {
  'wc -l': (log) => runWc(log),
  'JSON.parse loop': (log) => runJsonLoop(log),
  'Node, bare steps': (log, sink, scratch) => runBare(log, sink, scratch),
  'syslog-ng': (log, sink, scratch) => runSyslogNg('plain', log, sink, scratch),
  'syslog-ng, byte filter first': (log, sink, scratch) => runSyslogNg('prefiltered', log, sink, scratch),
  herald: (log, sink, scratch) => runHerald(log, sink, scratch),
} as const satisfies {
  readonly [name: string]: (log: GeneratedLog, sink: Sink, scratch: string) => Promise<RunResult>;
};

export type Contestant = keyof typeof contestants;

/** Medians over the repetitions of one contestant on one file. */
export interface Row {
  readonly contestant: Contestant;
  readonly log: GeneratedLog;
  readonly linesPerSecond: number;
  readonly cpuSecondsPerMillion: number;
  readonly result: RunResult;
}

/** The row of one contestant's repetitions. */
export function row(contestant: Contestant, log: GeneratedLog, results: readonly RunResult[]): Row {
  const middle = (of: (result: RunResult) => number): number => median(results.map(of));
  const result = {
    wallSeconds: middle(({ wallSeconds }) => wallSeconds),
    streamSeconds: middle(({ streamSeconds }) => streamSeconds),
    cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
    rssPeakBytes: Math.max(...results.map(({ rssPeakBytes }) => rssPeakBytes)),
    rssMeanBytes: middle(({ rssMeanBytes }) => rssMeanBytes),
    requests: middle(({ requests }) => requests),
  };
  return {
    contestant,
    log,
    linesPerSecond: log.lines / result.wallSeconds,
    cpuSecondsPerMillion: (result.cpuSeconds / log.lines) * 1e6,
    result,
  };
}
