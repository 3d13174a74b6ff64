#!/usr/bin/env -S node --max-semi-space-size=4
import { endingOf } from './cli/exit.ts';
import { createProgram } from './cli/program.ts';

// `herald schema | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const program = createProgram();
try {
  await program.parseAsync();
} catch (error) {
  const { code, text } = endingOf(error, program.opts()['debug'] === true);
  if (text !== '') process.stderr.write(`${text}\n`);
  process.exitCode = code;
}
