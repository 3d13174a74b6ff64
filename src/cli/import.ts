import { readFileSync, writeFileSync } from 'node:fs';
import { ConfigError, formatProblem, OperationalError } from '../core/errors.ts';
import type { Imported } from '../import/import.ts';
import type { CliCommand } from './command.ts';
import { exitCodes } from './exit.ts';
import { writeOut } from './output.ts';

interface ImportCommandOptions {
  readonly output?: string;
  readonly force?: true;
  readonly allowEnv?: true;
  readonly allowFile?: true;
}

const help = `
Rules, matchers, expressions, transports and webhook mappings become a configuration of herald, with comments that name where each comes from.
What the user has to know is printed to standard error, each with file, line and column.
Exit code: 0 when everything was carried over, 1 when something could not be, 78 when a blueprint is refused and nothing is written.
`;

/** `herald import`: a configuration from authentik's blueprints, and a report of what could not be carried over. */
export const importBlueprint: CliCommand = {
  register(program) {
    program
      .command('import')
      .description("make a configuration from authentik's blueprints, and say what cannot be carried over and why")
      .argument(
        '<blueprint...>',
        'blueprints, in the order in which authentik applies them; also what ak export_blueprint writes',
      )
      .option(
        '-o, --output <file>',
        'where to write the configuration (default: standard output); only its owner can read it',
      )
      .option('--force', 'write over a file that is there')
      .option('--allow-env', 'let !Env read the environment')
      .option('--allow-file', 'let !File read files')
      .addHelpText('after', help)
      .action(async (files: readonly string[], options: ImportCommandOptions) => {
        // The parser of Python is loaded for this command only.
        const { importBlueprints } = await import('../import/import.ts');
        const imported = importBlueprints(
          files.map((name) => ({ name, text: readBlueprint(name) })),
          {
            env: options.allowEnv === true ? (name) => process.env[name] : undefined,
            file: options.allowFile === true ? readIfThere : undefined,
          },
        );
        await finish(imported, options);
      });
  },
};

async function finish(imported: Imported, { output, force }: ImportCommandOptions): Promise<void> {
  if (!imported.ok) throw new ConfigError(imported.problems.map(({ at, message }) => ({ ...at, path: '', message })));
  if (output === undefined) await writeOut(imported.text);
  else write(output, imported.text, force === true);
  const report = reportOf(imported);
  process.stderr.write(report.text);
  if (report.lost > 0) process.exitCode = exitCodes.failed;
}

function reportOf({ findings, rules, destinations }: Imported & { ok: true }) {
  const lines = (kind: 'lost' | 'note') =>
    findings
      .filter((finding) => finding.kind === kind)
      .map(({ at, message }) => formatProblem({ ...at, path: '', message }));
  const [lost, notes] = [lines('lost'), lines('note')];
  const part = (title: string, list: readonly string[]): string =>
    list.length === 0 ? '' : `${title}\n${list.map((line) => `  ${line}\n`).join('')}`;
  const text =
    part('Not carried over:', lost) +
    part('Carried over, but know this:', notes) +
    `${rules} rules, ${destinations} destinations; ${lost.length} things not carried over, ${notes.length} notes\n`;
  return { text, lost: lost.length };
}

function readBlueprint(path: string): string {
  const bytes = attempt(() => readFileSync(path), `cannot read ${path}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError([{ file: path, line: 1, column: 1, path: '', message: 'not UTF-8 text' }]);
  }
}

/** `!File` has a value for files that cannot be read. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** A configuration may hold secrets of the blueprint, and one that is there may be somebody's work. */
function write(path: string, text: string, force: boolean): void {
  attempt(() => writeFileSync(path, text, { mode: 0o600, flag: force ? 'w' : 'wx' }), `cannot write ${path}`);
}

function attempt<T>(act: () => T, what: string): T {
  try {
    return act();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'EEXIST' ? 'it is there already; --force writes over it' : code;
    throw new OperationalError('io', `${what}: ${why}`, { cause: error });
  }
}
