import type { Command } from 'commander';
import type { SetupBlock } from '../destinations/destination.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { destinationNamed } from './destination.ts';

/** `herald setup`: what the receiver of a destination needs. Reaches nothing, changes nothing, shows no secret. */
export const setup: CliCommand = {
  register(program) {
    program
      .command('setup')
      .description('print what the receiver of a destination needs: files to install there, steps to take')
      .argument('<destination>', 'its name in the configuration')
      .addOption(configOption())
      .option('--print', 'print it; nothing else is done, with or without this')
      .option('--file <name>', 'only the text of this file, to be piped or saved')
      .action((name: string, { config: file, file: only }: SetupOptions, command: Command) => {
        const { kind, options } = destinationNamed(name, readConfig(file), command);
        const blocks = kind.setup?.(options) ?? [];
        process.stdout.write(only === undefined ? setupText(name, blocks) : fileText(only, blocks, command));
      });
  },
};

interface SetupOptions {
  readonly config: string;
  readonly print?: true;
  readonly file?: string;
}

function setupText(name: string, blocks: readonly SetupBlock[]): string {
  if (blocks.length === 0) return `${name}: the receiver needs nothing\n`;
  return blocks
    .map(({ title, file, text }) => `# ${title}${file === undefined ? '' : ` (${file})`}\n\n${text.trimEnd()}\n`)
    .join('\n');
}

function fileText(name: string, blocks: readonly SetupBlock[], command: Command): string {
  const found = blocks.find(({ file }) => file === name);
  if (found !== undefined) return `${found.text.trimEnd()}\n`;
  const files = blocks.flatMap(({ file }) => (file === undefined ? [] : [file]));
  return command.error(
    `error: no file ${JSON.stringify(name)}; ${files.length === 0 ? 'there is none' : `there are: ${files.join(', ')}`}`,
  );
}
