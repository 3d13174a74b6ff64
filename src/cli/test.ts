import { Option } from 'commander';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { exitCodes } from './exit.ts';
import { report, reportFormats, type ReportFormat } from './test-report.ts';
import { testRules } from './test-rules.ts';

/** `herald test`: runs the tests that the rules bring with them; exit code 1 when one fails. */
export const test: CliCommand = {
  register(program) {
    program
      .command('test')
      .description("run the rules' own tests on a clock of their own")
      .addOption(configOption())
      .addOption(new Option('--format <format>', 'how the results are written').choices(reportFormats).default('text'))
      .action(({ config: file, format }: { config: string; format: ReportFormat }) => {
        const results = testRules(readConfig(file));
        process.stdout.write(report(results, format));
        const failed = results.length === 0 || results.some(({ failures }) => failures.length > 0);
        if (failed) process.exitCode = exitCodes.failed;
      });
  },
};
