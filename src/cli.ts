#!/usr/bin/env -S node --max-semi-space-size=2 --v8-pool-size=1
import { endingOf } from './cli/exit.ts';
import { createProgram } from './cli/program.ts';

// `herald schema | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// No top-level await: the bundle is CommonJS, which loads Node's own modules when they are needed and not all at the start.
void main();

async function main(): Promise<void> {
  const program = createProgram();
  try {
    await program.parseAsync();
  } catch (error) {
    const { code, text } = endingOf(error, program.opts()['debug'] === true);
    if (text !== '') process.stderr.write(`${text}\n`);
    process.exitCode = code;
  }
}
