import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { test } from 'node:test';
import { filesOf } from './support/folder.ts';

// Style as a test: each message names what to do instead. See CONTRIBUTING.md for the reasons.

const root = join(import.meta.dirname, '..');

/** Imports go down only; folders of one floor do not know each other. Files directly in src/ and src/cli/ are the program. */
const floors: ReadonlyMap<string, number> = new Map([
  ['core', 0],
  ['decode', 1],
  ['redact', 1],
  ['expression', 1],
  ['render', 1],
  ['rules', 2],
  ['import', 2],
  ['net', 2],
  ['sources', 3],
  ['journal', 3],
  ['destinations', 3],
  ['pipeline', 4],
  ['server', 4],
  ['config', 4],
]);
const program = 5;

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly code: string;
}

const sources = filesBelow(join(root, 'src'));
const tests = filesBelow(join(root, 'test'));

function filesBelow(folder: string): readonly SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return { path: relative(root, join(folder, name)).split(sep).join('/'), text, code: withoutComments(text) };
    });
}

/** Comments blanked out, so that prose may name what code may not use. Strings stay: none of the rules is about them. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/[^\n]*/g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
}

function floorOf(path: string): { readonly folder: string; readonly floor: number } {
  const folder = path.split('/')[1] ?? '';
  const floor = floors.get(folder);
  return floor === undefined ? { folder: 'program', floor: program } : { folder, floor };
}

/** Files that break a rule, as `path:line`, so that the failing test lists them. */
function offenders(files: readonly SourceFile[], pattern: RegExp, allowed: readonly RegExp[] = []): readonly string[] {
  return files
    .filter(({ path }) => !allowed.some((one) => one.test(path)))
    .flatMap(({ path, code }) =>
      code.split('\n').flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
    );
}

test('imports go down the floors', () => {
  const wrong: string[] = [];
  for (const { path, code } of sources) {
    const own = floorOf(path);
    for (const [, target] of code.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const resolved = normalize(join(dirname(path), target ?? ''))
        .split(sep)
        .join('/');
      const other = floorOf(resolved);
      if (other.folder !== own.folder && other.floor >= own.floor) wrong.push(`${path} imports ${resolved}`);
    }
  }
  assert.deepEqual(wrong, [], 'move the shared thing to a lower floor, or pass it in');
});

test('every folder of src/ has a floor', () => {
  const folders = new Set(
    sources.map(({ path }) => path.split('/')).flatMap((parts) => (parts.length > 2 ? [parts[1] ?? ''] : [])),
  );
  folders.delete('cli');
  assert.deepEqual(
    [...folders].filter((folder) => !floors.has(folder)),
    [],
    'give the folder a floor here and in docs/architecture.md',
  );
});

test('stages are pure', () => {
  const stages = sources.filter(({ path }) => /^src\/(?:decode|redact|expression|render|rules|import)\//.test(path));
  assert.deepEqual(
    offenders(stages, /\basync\b|\bawait\b/),
    [],
    'a stage is a plain function; do the waiting at an edge',
  );
  assert.deepEqual(
    offenders(stages, /from 'node:(?!crypto'|net'|buffer')/),
    [],
    'a stage does no I/O; take what it needs as an argument',
  );
});

for (const [name, pattern, allowed, instead] of [
  [
    'enum and namespace',
    /^\s*(?:export )?(?:(?:const )?enum|namespace) \w+ *\{/,
    [],
    'a union of string literals, a module',
  ],
  ['any', /(?:: |<|as )any\b(?!\()/, [], 'unknown, and a check'],
  [
    'as SafeEvent',
    /\bas SafeEvent\b|\bas unknown as SafeEvent\b/,
    [/^src\/redact\//],
    'redact/ is the only place that makes one',
  ],
  ['Date.now', /\bDate\.now\(/, [/^src\/core\/clock\.ts$/], 'a Clock at the edges, nowMs in stages'],
  // A socket's own is no timer that could outlive it.
  [
    'setTimeout',
    /(?<!socket\.)\bset(?:Timeout|Interval|Immediate)\(/,
    [/^src\/core\/clock\.ts$/],
    'clock.sleep(ms, signal)',
  ],
  ['Math.random', /\bMath\.random\(/, [/^src\/core\/clock\.ts$/], 'a Random that is passed in'],
  ['console', /\bconsole\./, [], 'the logger, or the output that the command was given'],
  [
    'AbortSignal.any',
    /\bAbortSignal\.any\(/,
    [],
    'a listener that is removed: any() leaks on a signal that lives long',
  ],
  [
    'process.env',
    /\bprocess\.(?:env|argv|exit)\b/,
    [/^src\/cli/],
    'an argument; only the program floor knows the process',
  ],
  ['silent catch', /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}/, [], 'say why nothing is to be done, or return a value'],
  ['TODO', /\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))/, [], 'do it, or open an issue and write TODO(#n)'],
] as const) {
  test(`no ${name}`, () => {
    const files = name === 'TODO' ? [...sources, ...tests].map((file) => ({ ...file, code: file.text })) : sources;
    const except = name === 'TODO' ? [/^test\/tidy\.test\.ts$/] : allowed;
    assert.deepEqual(offenders(files, pattern, except), [], `instead: ${instead}`);
  });
}

test('exactly one cast makes a SafeEvent', () => {
  const casts = sources.flatMap(({ path, code }) =>
    [...code.matchAll(/\bas (?:unknown as )?SafeEvent\b/g)].map(() => path),
  );
  assert.equal(casts.length, 1, casts.join(', '));
});

test('a secret is revealed only where it goes on the wire or becomes a key', () => {
  const allowed = [
    /^src\/net\//,
    /^src\/destinations\//,
    /^src\/core\/secret\.ts$/,
    /^src\/expression\//,
    /^src\/journal\/key\.ts$/,
    /^src\/build\.ts$/,
  ];
  assert.deepEqual(offenders(sources, /\.reveal\(/, allowed), [], 'pass the Secret on to the place that sends it');
});

test('files are at most 250 lines and functions fit a screen', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 251).map(({ path }) => path);
  assert.deepEqual(long, [], 'two things live in one room: make a folder of it');
  const functions = sources.flatMap(({ path, code }) => functionsOf(code).map((item) => ({ path, ...item })));
  const tall = functions
    .filter(({ lines }) => lines > 60)
    .map(({ path, name, lines }) => `${path} ${name}: ${lines} lines`);
  assert.deepEqual(tall, [], 'push the ifs up and the loops down');
});

/** Functions declared at the start of a line or a class member, with their number of lines: Prettier puts the closing brace below the first letter. */
function functionsOf(code: string): readonly { readonly name: string; readonly lines: number }[] {
  const lines = code.split('\n');
  return lines.flatMap((line, at) => {
    const match =
      /^(\s*)(?:export )?(?:default )?(?:static )?(?:async )?(?:function\*? (\w+)|(#?\w+)\([^;]*\)[^;=]*\{$)/.exec(
        line,
      );
    if (match === null || /^\s*(?:if|for|while|switch|catch|return|test|describe)\b/.test(line)) return [];
    const end = lines.findIndex((other, index) => index > at && other.startsWith(`${match[1] ?? ''}}`));
    // The body of a factory is its inner functions, which are looked at one by one.
    const inner = lines.slice(at + 1, end).filter((other) => /^\s+(?:async )?function\*? \w+/.test(other)).length;
    return end < 0 || inner > 0 ? [] : [{ name: match[2] ?? match[3] ?? '', lines: end - at + 1 }];
  });
}

test('lines have no trailing blanks', () => {
  assert.deepEqual(
    [...sources, ...tests].flatMap(({ path, text }) => (/[ \t]+$/m.test(text) ? [path] : [])),
    [],
    'npm run format',
  );
});

/** The files that a file imports, types included. */
function importsOf({ path, code }: SourceFile): readonly string[] {
  return [...code.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target]) =>
    normalize(join(dirname(path), target ?? ''))
      .split(sep)
      .join('/'),
  );
}

test('imports go round in no circle', () => {
  let left = new Map(sources.map((file) => [file.path, importsOf(file)]));
  for (let before = Infinity; left.size < before;) {
    before = left.size;
    const rest = left;
    left = new Map([...rest].filter(([, imports]) => imports.some((path) => rest.has(path))));
  }
  assert.deepEqual([...left.keys()], [], 'what two files know of each other stands in a third');
});

test('no file is dead', () => {
  const imported = new Set([...sources, ...tests].flatMap(importsOf));
  const entries = new Set(['src/cli.ts', 'src/cli/start.ts']);
  // Declarations are for the compiler.
  const code = sources.filter(({ path }) => !path.endsWith('.d.ts'));
  const dead = code.filter(({ path }) => !entries.has(path) && !imported.has(path)).map(({ path }) => path);
  assert.deepEqual(dead, [], 'import it or remove it');
});

test('`npm test` runs every test file once', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { test: string } };
  const patterns = [...scripts.test.matchAll(/"(test\/[^"]+)"/g)].map(([, pattern]) => pattern ?? '');
  const given = globSync(patterns, { cwd: root });
  const run = given.flatMap((path) => (dirname(path) === 'test/all' ? filesOf(path) : [path]));
  const all = tests.map(({ path }) => path).filter((path) => path.endsWith('.test.ts'));
  assert.deepEqual(
    run.toSorted(),
    all.toSorted(),
    'a folder of tests has a file in test/all/, or is named in the script of package.json',
  );
});

test('tests that share a process change nothing of the whole process', () => {
  const alone = [/\/alone\//, /^test\/(?:bench|tools)\//, /(?:^|[-/])(?:process|run|in-turn)\.ts$/];
  assert.deepEqual(
    offenders(
      tests,
      /\bprocess\.(?:chdir|umask|exit)\(|\bprocess\.env(?:\.\w+|\[.+?\]) (?:\?\?|\|\||&&)?= |(?:delete |assign\()process\.env\b/,
      alone,
    ),
    [],
    'put the file into a folder alone/: it gets a process of its own',
  );
  // A module is loaded once, for whichever file needs it first: its hooks would be those of that file only.
  const shared = tests.filter(({ path }) => !path.endsWith('.test.ts'));
  assert.deepEqual(
    offenders(shared, /^(?:before|after)(?:Each)?\(/, [/^test\/support\/contract\/network\.ts$/]),
    [],
    'register hooks in test files, or in a function that they call',
  );
});
