import { endingOf } from '../../src/cli/exit.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { Order } from './standing.ts';

// The process of standing.ts: obeys one command line after the other, as `src/cli.ts` does one, and says when each ends.

process.on('message', (order: Order) => void obey(order));
process.on('disconnect', () => process.exit());

async function obey({ cwd, args, env, mark }: Order): Promise<void> {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.exitCode = 0;
  const program = createProgram();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    const { code, text } = endingOf(error, program.opts()['debug'] === true);
    if (text !== '') process.stderr.write(`${text}\n`);
    process.exitCode = code;
  }
  process.send?.(process.exitCode);
  process.exitCode = 0;
  process.stdout.write(mark);
  process.stderr.write(mark);
}
