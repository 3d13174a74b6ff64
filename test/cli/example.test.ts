import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../../src/build.ts';
import { exampleText } from '../../src/cli/example.ts';
import { loadConfig } from '../../src/config/load.ts';
import { exampleEnv } from '../support/example-env.ts';
import { folder, herald } from './herald.ts';

const text = exampleText();

const surroundings = { env: exampleEnv, hostname: 'h', readFile: () => 'text' };

test('the example passes the check as it is', (t) => {
  const cwd = folder(t, { 'config.yaml': herald(folder(t), ['example']).stdout });
  const { code, stdout, stderr } = herald(cwd, ['check']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(stdout, 'config.yaml: ok (1 source, 4 rules, 2 destinations)\n');
});

test('the example has every kind of component', () => {
  for (const { type } of [...kinds.sources, ...kinds.destinations])
    assert.match(text, new RegExp(`type: ${type}$`, 'm'));
});

/** The line numbers of each block that is switched off: neighbouring lines that start with one `#`. */
const blocks: number[][] = [];
text.split('\n').forEach((line, index) => {
  if (!/^ *# /.test(line) || index === 0) return;
  const last = blocks.at(-1);
  if (last?.at(-1) === index - 1) last.push(index);
  else blocks.push([index]);
});

test('there are blocks to switch on', () => {
  assert.ok(blocks.length >= kinds.sources.length + kinds.destinations.length, `${blocks.length}`);
});

for (const block of blocks) {
  const name = text.split('\n')[block[0] ?? 0]?.trim() ?? '';
  test(`the example passes the check with this switched on: ${name}`, () => {
    const on = text
      .split('\n')
      .map((line, index) => (block.includes(index) ? line.replace('# ', '') : line))
      .join('\n');
    assert.ok(changes(on), 'the block changes nothing');
  });
}

test('the example passes the check with everything switched on', () => {
  assert.ok(
    changes(
      text
        .split('\n')
        .map((line, index) => (index === 0 ? line : line.replace(/^( *)# /, '$1')))
        .join('\n'),
    ),
  );
});

/** Loads the text, which throws for a problem, and tells whether it means something else than the example. */
function changes(changed: string): boolean {
  const load = (yaml: string): string => {
    const { sources, destinations, ...rest } = loadConfig(yaml, 'c.yaml', surroundings, kinds);
    return JSON.stringify([
      sources.map(({ name, options }) => [name, options]),
      [...destinations.keys()],
      rest,
      rest.server?.token?.reveal(),
    ]);
  };
  return load(changed) !== load(text);
}
