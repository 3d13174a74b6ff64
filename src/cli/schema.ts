import { kinds } from '../build.ts';
import { configSchema } from '../config/publish.ts';
import type { CliCommand } from './command.ts';

/** `herald schema`: the JSON Schema of the configuration, for editors. */
export const schema: CliCommand = {
  register(program) {
    program
      .command('schema')
      .description('print the JSON Schema of the configuration')
      .action(() => {
        process.stdout.write(schemaText());
      });
  },
};

/** `config.schema.json` as it is published. */
export function schemaText(): string {
  return `${JSON.stringify(configSchema(kinds), null, 2)}\n`;
}
