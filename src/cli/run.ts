import { formatProblem } from '../core/errors.ts';
import { durationArgument } from './arguments.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { createLog, runDaemon } from './daemon.ts';

/** `herald run`: the daemon. */
export const run: CliCommand = {
  register(program) {
    program
      .command('run')
      .description('run the daemon; logs JSON lines to standard error')
      .addOption(configOption())
      .option(
        '--grace <duration>',
        'how long a stop may take; deliveries get three quarters of it',
        durationArgument,
        30_000,
      )
      .action(async ({ config: file, grace }: { config: string; grace: number }) => {
        const config = readConfig(file);
        const log = createLog(config.log.level, config.instance);
        for (const warning of config.warnings) log.warn(formatProblem(warning));
        const summary = await runDaemon(config, log, grace);
        log.info(summary, 'stopped');
      });
  },
};
