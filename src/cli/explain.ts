import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import type { DeliveryRow, JournalQueries } from '../journal/journal.ts';
import { openJournalReader } from '../journal/reader.ts';
import { fromStored } from '../redact/redactor.ts';
import { isoTime, renderMessage } from '../render/message.ts';
import { terminalText } from '../render/terminal.ts';
import { compileRules } from '../rules/compile.ts';
import type { Explanation } from '../rules/rules.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { jsonLine } from './output.ts';

/** `herald explain`: one event of the journal, what every rule says about it now, and what became of its deliveries. */
export const explain: CliCommand = {
  register(program) {
    program
      .command('explain')
      .description('why an event of the journal fired which rules, and what became of its deliveries')
      .argument('<event-id>', 'the id, or its first digits')
      .addOption(configOption())
      .option('--json', 'as one JSON object')
      .action((id: string, options: { config: string; json?: true }, command: Command) => {
        const config = readConfig(options.config);
        const journal = openJournalReader(config.journal, fromStored);
        try {
          process.stdout.write(explained(journal, config, id, options.json === true, command));
        } finally {
          journal.close();
        }
      });
  },
};

function explained(journal: JournalQueries, config: Config, id: string, json: boolean, command: Command): string {
  const [found, second] = journal.search({ id, order: 'newest', limit: 2 });
  if (found === undefined) return command.error(`error: no event in the journal has an id that begins with ${id}`);
  if (second !== undefined) return command.error(`error: several ids begin with ${id}: give more digits`);
  const { event } = found;
  const { rules } = compileRules(config.rules, config.silences);
  rules.restore(journal.ruleState());
  const explanation = rules.explain(event, systemClock.now());
  const deliveries = journal.deliveriesOf(event.id);
  if (json) return jsonLine({ event, ...explanation, deliveries });
  const { time, title, summary } = renderMessage(event, {
    rule: '',
    severity: 'notice',
    authentikUrl: config.authentikUrl,
  });
  return [
    event.id,
    `${time} ${terminalText(event.action)}: ${terminalText(title)}`,
    `  ${terminalText(summary)}`,
    'rules, as they are now:',
    ...ruleLines(explanation),
    'deliveries:',
    ...(deliveries.length === 0 ? ['  none'] : deliveries.map(deliveryLine)),
    '',
  ].join('\n');
}

function ruleLines({ rules, suppressed }: Explanation): readonly string[] {
  const lines = rules.flatMap(({ rule, fires, reason, policies }) => [
    `  ${fires ? '+' : '-'} ${terminalText(rule)}: ${terminalText(reason)}`,
    ...policies.map((policy) => `      ${policy.passes ? '+' : '-'} ${terminalText(policy.reason)}`),
  ]);
  return suppressed === undefined ? lines : [...lines, `  held back: ${suppressed}`];
}

function deliveryLine({ destination, rule, state, attempts, updatedAt, reason, detail }: DeliveryRow): string {
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const why = [reason, detail].filter((part) => part !== undefined && part !== '').join(': ');
  return terminalText(
    `  ${destination} (${rule}): ${state}, ${tries}, ${isoTime(updatedAt)}${why === '' ? '' : `, ${why}`}`,
  );
}
