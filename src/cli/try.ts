import { alertAction } from '../core/action.ts';
import { addCounts, families, type FamilyCounts } from '../core/family.ts';
import type { Event } from '../core/event.ts';
import type { Config } from '../config/config.ts';
import { admit } from '../pipeline/decide.ts';
import { createRehearsal, type Told } from '../pipeline/rehearsal.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { jsonLine } from './output.ts';
import { readLogs } from './read-logs.ts';
import { eventText, trialOf } from './trial.ts';
import { stagesOf } from '../stages.ts';

/** `herald try`: reads lines to their end and prints what would be sent to whom and why not, by the clock of the lines. Sends and stores nothing. */
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

/** What is held back at the end is told at once: nothing more will come. */
const laterMs = 366 * 86_400_000;

async function tryFiles(config: Config, options: TryOptions): Promise<FamilyCounts> {
  const stages = stagesOf(config);
  const rehearsal = createRehearsal(stages);
  const print = options.json === true ? jsonLine : eventText;
  const tell = (told: readonly Told[]): void => {
    for (const { rule, destinations, event } of told) {
      // Between the events of a log, and behind the last one, may be lines that are no events.
      if (event.context['kind'] === 'absence' && event.action === alertAction) continue;
      process.stdout.write(print({ event, sends: [{ rule, destinations }], rules: [] }, config));
    }
  };
  const show = (raw: Event): void => {
    const { event } = admit(stages, raw);
    tell(rehearsal.until(event.at));
    const explained = rehearsal.explain(event);
    const { told, held } = rehearsal.judge(event);
    const own = told.filter((one) => one.event === event);
    process.stdout.write(print(trialOf(event, explained, own, held), config));
    tell(told.filter((one) => one.event !== event));
  };
  const total: FamilyCounts = {};
  for await (const { events, counts } of readLogs(options.file ?? ['-'], options.invalidIdentifier === true)) {
    addCounts(total, counts);
    for (const event of events) show(event);
  }
  tell(rehearsal.wait(laterMs));
  return total;
}

function countsText(counts: FamilyCounts): string {
  const total = families.reduce((sum, family) => sum + (counts[family] ?? 0), 0);
  const parts = families.flatMap((family) => (counts[family] === undefined ? [] : [`${counts[family]} ${family}`]));
  return `${total} lines: ${parts.join(', ')}`;
}
