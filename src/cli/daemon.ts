import { pino, type Logger } from 'pino';
import { runApp, type AppDeps, type RunSummary } from '../app.ts';
import { systemClock, systemRandom } from '../core/clock.ts';
import type { Config } from '../config/config.ts';
import { takeSignals } from './early-signals.ts';
import { collectStartUp, saveMemory } from './memory.ts';
import { showsColours, writeEvents } from './output.ts';
import type { ConfigFeed } from '../config/feed.ts';

/** herald's own log: JSON lines to standard error, written at once, so that the last line before a crash is there. */
export function createLog(level: string, instance: string): Logger {
  return pino(
    {
      level,
      base: { instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** What this process and its system give to the program. */
export function systemDeps(log: Logger): Omit<AppDeps, 'graceMs' | 'feed'> {
  return {
    clock: systemClock,
    random: systemRandom,
    log,
    stdin: process.stdin,
    env: process.env,
    stdout: writeEvents,
    colours: showsColours(),
  };
}

/**
 * Runs a configuration in this process until its input ends or a SIGTERM or SIGINT comes. A second signal ends the process
 * at once; what was not delivered is on disk. With a feed, SIGHUP reads the configuration anew at once.
 */
export async function runDaemon(config: Config, log: Logger, graceMs: number, feed?: ConfigFeed): Promise<RunSummary> {
  saveMemory();
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    log.info({ signal }, 'stopping; a second signal ends at once');
    stop.abort();
  };
  const leaveSignals = takeSignals(onSignal);
  const onHangUp = (): void => feed?.poke();
  if (feed !== undefined) process.on('SIGHUP', onHangUp);
  void collectStartUp(systemClock, stop.signal);
  try {
    return await runApp(config, { ...systemDeps(log), graceMs, ...(feed !== undefined && { feed }) }, stop.signal);
  } finally {
    leaveSignals();
    process.off('SIGHUP', onHangUp);
    // At the end of the input, too: what waits for later would keep the process for as long.
    stop.abort();
  }
}

/** `12 lines read, 3 of them events; 3 delivered, 1 waiting, 0 given up`. */
export function summaryText(summary: RunSummary): string {
  const { lines, events, delivered, pending, dead, shed } = summary;
  const lost = shed === 0 ? '' : `, ${shed} shed`;
  return `${lines} lines read, ${events} of them events; ${delivered} delivered, ${pending} waiting, ${dead} given up${lost}`;
}
