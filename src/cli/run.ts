import { systemClock } from '../core/clock.ts';
import { formatProblem } from '../core/errors.ts';
import { durationArgument } from './arguments.ts';
import type { CliCommand } from './command.ts';
import { configOption, followConfig } from './config.ts';

/** Kubernetes' own default: what is left of it after three quarters is for closing. */
const graceMs = 30_000;

/** `herald run`: the daemon. */
export const run: CliCommand = {
  register(program) {
    program
      .command('run')
      .description('run the daemon; logs JSON lines to standard error')
      .addOption(configOption())
      .option(
        '--grace <duration>',
        'how long a stop may take (default 30s); deliveries get three quarters of it',
        durationArgument,
      )
      .action(async ({ config: file, grace }: { config: string; grace?: number }) => {
        // The other commands start without the program's machinery.
        const { createLog, runDaemon } = await import('./daemon.ts');
        const feed = followConfig(file, systemClock);
        const config = feed.load();
        const log = createLog(config.log.level, config.instance);
        for (const warning of config.warnings) log.warn(formatProblem(warning));
        const summary = await runDaemon(config, log, grace ?? graceMs, feed);
        log.info(summary, 'stopped');
      });
  },
};
