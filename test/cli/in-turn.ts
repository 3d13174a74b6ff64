import { endingOf } from '../../src/cli/exit.ts';
import { createProgram } from '../../src/cli/program.ts';

// The process of `heraldInTurn` in herald.ts: obeys one command line after the other, as `src/cli.ts` does one, and says where each ends.

const { mark, commands }: { mark: string; commands: readonly (readonly string[])[] } = JSON.parse(
  process.argv[2] ?? '{}',
);

for (const args of commands) {
  const program = createProgram();
  process.exitCode = 0;
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    const { code, text } = endingOf(error, program.opts()['debug'] === true);
    if (text !== '') process.stderr.write(`${text}\n`);
    process.exitCode = code;
  }
  process.stdout.write(`${mark}${process.exitCode}\n`);
  process.stderr.write(mark);
}
process.exitCode = 0;
