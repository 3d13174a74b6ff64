#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 MALLOC_MMAP_THRESHOLD_=32768 node --max-semi-space-size=2 --v8-pool-size=2
// First, so that it is there while everything else is loaded.
// oxlint-disable-next-line import/no-unassigned-import
import './cli/early-signals.ts';
import { endingOf } from './cli/exit.ts';
import { createProgram } from './cli/program.ts';

// `herald schema | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Node would print every property of the error, such as the address that is no address.
process.on('uncaughtException', (error) => {
  end(error, process.argv.includes('--debug'));
  process.exit();
});

// No top-level await: the bundle is CommonJS, which loads Node's own modules when they are needed and not all at the start.
void main();

async function main(): Promise<void> {
  const program = createProgram();
  try {
    await program.parseAsync();
  } catch (error) {
    end(error, program.opts()['debug'] === true);
  }
}

function end(error: unknown, debug: boolean): void {
  const { code, text } = endingOf(error, debug);
  if (text !== '') process.stderr.write(`${text}\n`);
  process.exitCode = code;
}
