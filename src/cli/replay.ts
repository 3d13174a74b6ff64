import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import type { SafeEvent } from '../core/event.ts';
import { createRehearsal, type Told } from '../pipeline/rehearsal.ts';
import { isoTime, titleOf } from '../render/message.ts';
import { terminalText } from '../render/terminal.ts';
import { durationArgument } from './arguments.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { destinationNamed } from './destination.ts';
import { exitCodes } from './exit.ts';
import { fileEvents, journalEvents } from './replay-events.ts';
import { stagesOf } from '../stages.ts';

/** `herald replay`: what the rules say about events that were, and with `--send` their delivery. */
export const replay: CliCommand = {
  register(program) {
    program
      .command('replay')
      .description('judge past events by the rules, from the journal or from log files; --send really delivers')
      .addOption(configOption())
      .option('--since <duration>', 'events of the last 30m, 24h, days=2 …', durationArgument, 86_400_000)
      .option('--file <log...>', 'log files instead of the journal, also .gz, the oldest first')
      .option('--rule <name>', 'only this rule')
      .option('--to <destination>', 'only what goes to this destination')
      .option('--against <config>', 'print what would fire more and less than with this configuration')
      .option('--send', 'deliver it; receivers that know a delivery by its key take it once')
      .action(async (options: ReplayOptions, command: Command) => {
        const config = readConfig(options.config);
        if (options.to !== undefined) destinationNamed(options.to, config, command);
        const told = wanted(rehearse(config, eventsOf(config, options)), options);
        if (options.against !== undefined) return compare(told, readConfig(options.against), config, options);
        if (options.send !== true) return print(told);
        const { sendAll } = await import('./replay-send.ts');
        if (!(await sendAll(told, config))) process.exitCode = exitCodes.failed;
      });
  },
};

interface ReplayOptions {
  readonly config: string;
  readonly since: number;
  readonly file?: readonly string[];
  readonly rule?: string;
  readonly to?: string;
  readonly against?: string;
  readonly send?: true;
}

function eventsOf(config: Config, { file, since }: ReplayOptions): Iterable<SafeEvent> | AsyncIterable<SafeEvent> {
  return file === undefined ? journalEvents(config, systemClock.now() - since) : fileEvents(config, file);
}

/** What is held back at the end is told at once: nothing more will come. */
const laterMs = 366 * 86_400_000;

async function* rehearse(config: Config, events: ReturnType<typeof eventsOf>): AsyncGenerator<Told> {
  // An absence at the end of the events would say that they end.
  const lasting = config.rules.filter(({ absence }) => absence === undefined);
  const rehearsal = createRehearsal(stagesOf(config, lasting));
  for await (const event of events) yield* rehearsal.judge(event).told;
  yield* rehearsal.wait(laterMs);
}

async function* wanted(all: AsyncIterable<Told>, { rule, to }: ReplayOptions): AsyncGenerator<Told> {
  for await (const told of all) {
    if (rule !== undefined && told.rule !== rule) continue;
    if (to === undefined) yield told;
    else if (told.destinations.includes(to)) yield { ...told, destinations: [to] };
  }
}

async function print(all: AsyncIterable<Told>): Promise<void> {
  const counts = new Map<string, number>();
  for await (const told of all) {
    process.stdout.write(`${lineOf(told)}\n`);
    counts.set(told.rule, (counts.get(told.rule) ?? 0) + 1);
  }
  for (const [rule, count] of counts) process.stdout.write(`${terminalText(rule)}: ${count}\n`);
  if (counts.size === 0) process.stdout.write('nothing would be sent\n');
}

/** Prints what only one of two configurations tells: `+` this one, `-` the other. */
async function compare(now: AsyncIterable<Told>, other: Config, config: Config, options: ReplayOptions): Promise<void> {
  const before = new Map<string, Told>();
  const kept = new Set<string>();
  // The same events are judged by both: those that this configuration reads.
  for await (const told of wanted(rehearse(other, eventsOf(config, options)), options)) before.set(keyOf(told), told);
  let more = 0;
  for await (const told of now) {
    if (before.has(keyOf(told))) kept.add(keyOf(told));
    else {
      more += 1;
      process.stdout.write(`+ ${lineOf(told)}\n`);
    }
  }
  const gone = [...before].filter(([key]) => !kept.has(key));
  for (const [, told] of gone) process.stdout.write(`- ${lineOf(told)}\n`);
  process.stdout.write(`${more} more, ${gone.length} less, ${kept.size} the same\n`);
}

function keyOf({ rule, event, severity, destinations }: Told): string {
  return JSON.stringify([rule, event.id, severity, destinations.toSorted()]);
}

function lineOf({ rule, destinations, event }: Told): string {
  return `${isoTime(event.at)}  ${terminalText(rule)} -> ${terminalText(destinations.join(', '))}  ${terminalText(titleOf(event))}`;
}
