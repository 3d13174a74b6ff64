import type { Row } from './contest.ts';
import { percentile } from './measure.ts';
import type { Footprint } from './probe.ts';
import { number, type Target } from './report.ts';

/** Everything that one run of the bench measured. `rows` are by share of events in percent. */
export interface Measurements {
  readonly rows: ReadonlyMap<number, readonly Row[]>;
  readonly latenciesMs: readonly number[];
  readonly idle: Footprint;
  readonly startMs: number;
}

/** The promises about speed and size, each beside what this run measured. Ratios compare medians of one run. */
export function judge({ rows, latenciesMs, idle, startMs }: Measurements): readonly Target[] {
  const get = (share: number, contestant: Row['contestant']): Row => {
    const row = rows.get(share)?.find((one) => one.contestant === contestant);
    if (row === undefined) throw new Error(`${contestant} was not measured at ${share} %`);
    return row;
  };
  const speed = (share: number, other: Row['contestant']): number =>
    get(share, 'herald').linesPerSecond / get(share, other).linesPerSecond;
  const cpu = (share: number, other: Row['contestant']): number =>
    get(share, 'herald').cpuSecondsPerMillion / get(share, other).cpuSecondsPerMillion;
  const quiet = get(0, 'herald');
  const inlet = quiet.log.lines / quiet.result.streamSeconds;
  const loaded = Math.max(...[...rows.keys()].map((share) => get(share, 'herald').result.rssPeakBytes)) / 1e6;
  const [p50, p99] = [percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99)];
  return [
    atLeast('lines/s to syslog-ng, 10 % events', 3, speed(10, 'syslog-ng'), '×'),
    atLeast('lines/s to syslog-ng with a byte filter, 10 %', 1.3, speed(10, 'syslog-ng, byte filter first'), '×'),
    atLeast('lines/s to syslog-ng, all events', 1.2, speed(100, 'syslog-ng'), '×'),
    below('CPU per line to syslog-ng, 10 %', 1, cpu(10, 'syslog-ng'), '×'),
    below('CPU per line to syslog-ng, all events', 1, cpu(100, 'syslog-ng'), '×'),
    atLeast('lines/s of no events through the inlet', 400_000, inlet, '', 0),
    below('append to arrival p50', 5, p50, ' ms'),
    below('append to arrival p99', 20, p99, ' ms'),
    below('RSS at rest', 90, idle.rssBytes / 1e6, ' MB', 0),
    below('RSS under full load', 160, loaded, ' MB', 0),
    below('CPU at rest', 0.3, idle.cpuPercent, ' %'),
    below('start to first delivered event', 700, startMs, ' ms', 0),
  ];
}

function atLeast(what: string, wanted: number, measured: number, unit: string, digits = 2): Target {
  return {
    what,
    wanted: `≥ ${number(wanted, wanted < 10 ? 1 : 0)}${unit}`,
    measured: `${number(measured, digits)}${unit}`,
    met: measured >= wanted,
  };
}

function below(what: string, wanted: number, measured: number, unit: string, digits = 2): Target {
  return {
    what,
    wanted: `< ${number(wanted, Number.isInteger(wanted) ? 0 : 1)}${unit}`,
    measured: `${number(measured, digits)}${unit}`,
    met: measured < wanted,
  };
}
