import { CommanderError } from 'commander';
import { ConfigError, OperationalError } from '../core/errors.ts';
import { redactText } from '../redact/text.ts';

/** What the process's exit code says (sysexits where one fits). */
export const exitCodes = { done: 0, failed: 1, usage: 64, bug: 70, config: 78 } as const;

/** How a command that threw ends: its exit code and what standard error gets, if anything. */
export interface Ending {
  readonly code: number;
  readonly text: string;
}

/** Turns whatever a command threw into an exit code and words for people; a stack only with `debug`. */
export function endingOf(error: unknown, debug: boolean): Ending {
  // Commander has written its own message by now; asking for help or the version is no error.
  if (error instanceof CommanderError)
    return { code: error.exitCode === 0 ? exitCodes.done : exitCodes.usage, text: '' };
  if (error instanceof ConfigError) return { code: exitCodes.config, text: problemsText(error) };
  const trace = debug && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  if (error instanceof OperationalError) {
    // A key that is not configured is the user's mistake, though only the journal can tell.
    const code = error.code === 'journal_key' ? exitCodes.config : exitCodes.failed;
    return { code, text: `herald: ${error.message} (${error.code})${trace}` };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const hint = debug ? '' : '\nRun it again with --debug to see where, and please report it.';
  // Nobody planned this text: it may quote an address or an event.
  return { code: exitCodes.bug, text: redactText(`herald: this is a bug: ${message}${trace}${hint}`) };
}

function problemsText(error: ConfigError): string {
  const count = error.problems.length;
  return `${error.message}\n${count} ${count === 1 ? 'problem' : 'problems'}`;
}
