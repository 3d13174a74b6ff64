import type { Command } from 'commander';

/** One command of the command line, in a file of its own. */
export interface CliCommand {
  /** Adds the command to the program. Its action throws to fail; `cli/exit.ts` turns that into an exit code. */
  register(program: Command): void;
}
