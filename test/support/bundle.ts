import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** The program as users have it, of the present sources: nobody tests what was built yesterday. */
export const bundle = built(join(root, 'dist', 'herald.cjs'));

/** For the environment of a program that is started: its code is compiled once and not at each of hundreds of starts. */
export const compiledOnce = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'herald') } as const;

/** What the bundle's first line sets for Node and tells it; where no shell reads that line, somebody else must. */
export function startLine(): { readonly variables: readonly string[]; readonly options: readonly string[] } {
  const [first = ''] = readFileSync(bundle, 'utf8').split('\n', 1);
  const [, variables = '', options] = /^#!\/usr\/bin\/env -S ((?:\w+=\w+ )*)node( --\S+)+$/.exec(first) ?? [];
  if (options === undefined) throw new Error(`an unexpected first line: ${first}`);
  return { variables: words(variables), options: words(first).filter((word) => word.startsWith('--')) };
}

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function built(path: string): string {
  const builtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  if (sources.every((name) => statSync(join(root, 'src', name)).mtimeMs <= builtMs)) return path;
  // Other tests may be starting the old one, or be building too.
  const fresh = join(root, 'dist', `.herald.${process.pid}.cjs`);
  execFileSync('npm', ['run', '-s', 'build'], { cwd: root, env: { ...process.env, BUNDLE: fresh } });
  renameSync(fresh, path);
  return path;
}
