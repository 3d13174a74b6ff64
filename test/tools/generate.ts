import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '../../src/build.ts';
import { exampleText } from '../../src/cli/example.ts';
import { createProgram } from '../../src/cli/program.ts';
import { schemaText } from '../../src/cli/schema.ts';
import { configSchema } from '../../src/config/publish.ts';
import { chartSchema, chartTable } from './chart.ts';
import { destinationPage } from './destination-page.ts';
import { configurationDocument, destinationsTable } from './document.ts';

// Writes every file that is derived from the registries; with --check only says which of them are out of date.

const root = join(import.meta.dirname, '..', '..');
mkdirSync(join(root, 'docs', 'destinations'), { recursive: true });

const files: readonly (readonly [string, (before: string) => string])[] = [
  ['config.schema.json', schemaText],
  ['config.example.yaml', exampleText],
  ['docs/configuration.md', () => configurationDocument(kinds)],
  ...kinds.destinations.map((kind) => [`docs/destinations/${kind.type}.md`, () => destinationPage(kind)] as const),
  ['README.md', readme],
  ['helm/values.schema.json', () => chartSchema(chartValues(), configSchema(kinds))],
  // A chart can only read what lies in its own folder.
  ['helm/files/user_settings.py', () => readFileSync(join(root, 'examples', 'user_settings.py'), 'utf8')],
  ['helm/README.md', (before) => section(before, 'values', chartTable(chartValues()))],
];

function chartValues(): string {
  return readFileSync(join(root, 'helm', 'values.yaml'), 'utf8');
}

function readme(before: string): string {
  return section(section(before, 'destinations', destinationsTable(kinds)), 'commands', commandsTable());
}

/** Replaces what stands between the markers of that name; a text without them stays as it is. */
function section(text: string, name: string, content: string): string {
  const start = `<!-- generated:${name} -->`;
  const end = '<!-- /generated -->';
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  return from < 0 || to < 0 ? text : `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
}

function commandsTable(): string {
  const rows = createProgram().commands.map((command) => {
    const config = command.options.some(({ long }) => long === '--config') ? ' -c config.yaml' : '';
    const wanted = command.registeredArguments.filter(({ required }) => required).map((one) => ` <${one.name()}>`);
    return `| \`herald ${command.name()}${config}${wanted.join('')}\` | ${command.description()} |`;
  });
  return ['| command | does |', '|---|---|', ...rows].join('\n');
}

/** Pages of kinds that are no more. */
const pages = new Set(kinds.destinations.map(({ type }) => `${type}.md`));
const orphans = readdirSync(join(root, 'docs', 'destinations')).filter((name) => !pages.has(name));

const drifted = files.filter(([name, generate]) => {
  const path = join(root, name);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const after = generate(before);
  if (before === after) return false;
  if (!process.argv.includes('--check')) writeFileSync(path, after);
  return true;
});

const check = process.argv.includes('--check');
for (const [name] of drifted) {
  process.stdout.write(check ? `${name} is out of date: run npm run generate\n` : `${name} written\n`);
}
for (const name of orphans) {
  if (!check) rmSync(join(root, 'docs', 'destinations', name));
  process.stdout.write(check ? `docs/destinations/${name} has no kind: run npm run generate\n` : `${name} removed\n`);
}
if (check && drifted.length + orphans.length > 0) process.exitCode = 1;
