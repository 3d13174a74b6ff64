import { systemClock } from '../core/clock.ts';
import type { Config } from '../config/config.ts';
import type { EventQuery, JournalQueries, StoredEvent } from '../journal/journal.ts';
import { openJournalReader } from '../journal/reader.ts';
import { fromStored } from '../redact/redactor.ts';
import { renderMessage } from '../render/message.ts';
import { terminalText } from '../render/terminal.ts';
import { countArgument, durationArgument } from './arguments.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { jsonLine } from './output.ts';

/** `herald events`: the journal, redacted, beside a running daemon or without one. */
export const events: CliCommand = {
  register(program) {
    program
      .command('events')
      .description('show what is in the journal, the newest last')
      .argument('[words...]', 'words that must all occur')
      .addOption(configOption())
      .option('--action <action>', 'only this action')
      .option('--user <name>', 'only events of this user')
      .option('--ip <address>', 'only events from this address')
      .option('--id <id>', 'the event with this id, or with an id that begins so')
      .option('--since <duration>', 'only of the last 30m, 24h, days=2 …', durationArgument)
      .option('--limit <n>', 'at most this many', countArgument, 50)
      .option('--follow', 'go on with those that come')
      .option('--json', 'one JSON object per event')
      .action(async (words: readonly string[], options: EventsOptions) => {
        const config = readConfig(options.config);
        const journal = openJournalReader(config.journal, fromStored);
        try {
          await show(journal, config, words, options);
        } finally {
          journal.close();
        }
      });
  },
};

interface EventsOptions {
  readonly config: string;
  readonly action?: string;
  readonly user?: string;
  readonly ip?: string;
  readonly id?: string;
  readonly since?: number;
  readonly limit: number;
  readonly follow?: true;
  readonly json?: true;
}

/** How often `--follow` looks for more. */
const followMs = 500;

async function show(
  journal: JournalQueries,
  config: Config,
  words: readonly string[],
  options: EventsOptions,
): Promise<void> {
  const filter = filterOf(words, options);
  const print = ({ event }: StoredEvent): void => {
    process.stdout.write(options.json === true ? jsonLine(event) : lineOf(event, config));
  };
  const newest = journal.search({ ...filter, order: 'newest', limit: options.limit });
  for (const stored of newest.toReversed()) print(stored);
  if (options.follow !== true) return;
  // Until Ctrl-C: the default action of the signal ends the process.
  for (let afterSeq = newest[0]?.seq ?? 0; ; await systemClock.sleep(followMs)) {
    for (const stored of journal.search({ ...filter, order: 'oldest', afterSeq, limit: 1000 })) {
      print(stored);
      afterSeq = stored.seq;
    }
  }
}

function filterOf(words: readonly string[], { action, user, ip, id, since }: EventsOptions): Partial<EventQuery> {
  return {
    ...(words.length > 0 && { search: words.join(' ') }),
    ...(action !== undefined && { action }),
    ...(user !== undefined && { user }),
    ...(ip !== undefined && { clientIp: ip }),
    ...(id !== undefined && { id }),
    ...(since !== undefined && { sinceMs: systemClock.now() - since }),
  };
}

function lineOf(event: StoredEvent['event'], config: Config): string {
  const { time, title } = renderMessage(event, { rule: '', severity: 'notice', authentikUrl: config.authentikUrl });
  return `${time}  ${event.id.slice(0, 12)}  ${terminalText(event.action).padEnd(24)}  ${terminalText(title)}\n`;
}
