import { Option } from 'commander';
import type { Config } from '../config/config.ts';
import { ConfigError, formatProblem } from '../core/errors.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { exitCodes } from './exit.ts';

/** `herald check`: every problem with its place; exit code 0 or 78. Needs no network and writes nothing. */
export const check: CliCommand = {
  register(program) {
    program
      .command('check')
      .description('check the configuration: every problem with line and column')
      .addOption(configOption())
      .addOption(new Option('--format <format>', 'how to print the result').choices(['text', 'json']).default('text'))
      .action(({ config: file, format }: { config: string; format: string }) => {
        if (format === 'json') checkAsJson(file);
        else checkAsText(file);
      });
  },
};

function checkAsText(file: string): void {
  const config = readConfig(file);
  for (const warning of config.warnings) {
    process.stderr.write(`${formatProblem({ ...warning, message: `warning: ${warning.message}` })}\n`);
  }
  process.stdout.write(`${file}: ok (${summaryOf(config)})\n`);
}

function checkAsJson(file: string): void {
  const print = (value: object): boolean => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  try {
    print({ ok: true, problems: [], warnings: readConfig(file).warnings });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    print({ ok: false, problems: error.problems, warnings: [] });
    process.exitCode = exitCodes.config;
  }
}

function summaryOf({ sources, rules, destinations }: Config): string {
  return [count(sources.length, 'source'), count(rules.length, 'rule'), count(destinations.size, 'destination')].join(
    ', ',
  );
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
