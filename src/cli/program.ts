import { Command } from 'commander';
import { version } from '../core/identity.ts';
import { check } from './check.ts';
import type { CliCommand } from './command.ts';
import { events } from './events.ts';
import { example } from './example.ts';
import { explain } from './explain.ts';
import { importBlueprint } from './import.ts';
import { replay } from './replay.ts';
import { reveal } from './reveal.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { sendTest } from './send-test.ts';
import { setup } from './setup.ts';
import { test } from './test.ts';
import { tryOut } from './try.ts';

/** Every command, in the order of the help text. */
const commands: readonly CliCommand[] = [
  run,
  check,
  test,
  tryOut,
  replay,
  explain,
  sendTest,
  setup,
  events,
  reveal,
  importBlueprint,
  schema,
  example,
];

/** The whole command line. Parsing throws instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('herald')
    .description("forwards authentik's events from its container log to chat, mail and webhooks")
    .version(version)
    .option('--debug', 'show the stack of an error')
    .exitOverride()
    .showHelpAfterError('(run it with --help to see what there is)');
  for (const command of commands) command.register(program);
  return program;
}
