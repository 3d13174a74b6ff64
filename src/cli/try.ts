import { addCounts, families, type FamilyCounts } from '../core/family.ts';
import type { Event } from '../core/event.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { alertEvent } from '../pipeline/decide.ts';
import { createRedactor } from '../redact/redactor.ts';
import { redactOptions } from '../redact/options.ts';
import type { Alert } from '../rules/alert.ts';
import { compileRules } from '../rules/rules.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { readLogs } from './read-logs.ts';
import { eventText, jsonLine, trialOf } from './trial.ts';

/** `herald try`: reads lines to their end and prints what would be sent to whom and why not. Sends and stores nothing. */
export const tryOut: CliCommand = {
  register(program) {
    program
      .command('try')
      .description(
        'read lines from files or standard input and print per event what would be sent to whom, and why not',
      )
      .addOption(configOption())
      .option('--file <log...>', 'log files, also .gz; rotated ones in the order in which they were written')
      .option('--json', 'one JSON object per event')
      .option(
        '--invalid-identifier',
        'take logins with unknown user names for events, as the option of the sources does',
      )
      .action(async (options: TryOptions) => {
        const config = readConfig(options.config);
        const counts = await tryFiles(config, options);
        if (options.json !== true) process.stdout.write(`${countsText(counts)}\n`);
      });
  },
};

interface TryOptions {
  readonly config: string;
  readonly file?: readonly string[];
  readonly json?: true;
  readonly invalidIdentifier?: true;
}

const farMs = 366 * 86_400_000;

async function tryFiles(config: Config, options: TryOptions): Promise<FamilyCounts> {
  const redactor = createRedactor(redactOptions(config.redact));
  const { rules } = compileRules(config.rules, config.silences);
  const print = options.json === true ? jsonLine : eventText;
  const tell = (alerts: readonly Alert[]): void => {
    for (const { facts, rule, destinations } of alerts) {
      const event = alertEvent(redactor, facts);
      process.stdout.write(print({ event, sends: [{ rule, destinations }], rules: [] }, config));
    }
  };
  const show = (raw: Event): void => {
    const nowMs = systemClock.now();
    const { event } = redactor.redact(raw);
    const explained = rules.explain(event, nowMs);
    const evaluation = rules.evaluate(event, nowMs);
    process.stdout.write(print(trialOf(event, explained, evaluation), config));
    tell(evaluation.alerts ?? []);
    tell(rules.due(nowMs));
  };
  const total: FamilyCounts = {};
  for await (const { events, counts } of readLogs(options.file ?? ['-'], options.invalidIdentifier === true)) {
    addCounts(total, counts);
    for (const event of events) show(event);
  }
  // What is held back is told sooner or later: here at once, because nothing more will come.
  tell(rules.due(systemClock.now() + farMs).filter(({ facts }) => facts.context['kind'] !== 'absence'));
  return total;
}

function countsText(counts: FamilyCounts): string {
  const total = families.reduce((sum, family) => sum + (counts[family] ?? 0), 0);
  const parts = families.flatMap((family) => (counts[family] === undefined ? [] : [`${counts[family]} ${family}`]));
  return `${total} lines: ${parts.join(', ')}`;
}
