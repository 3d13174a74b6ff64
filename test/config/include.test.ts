import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../../src/build.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/core/errors.ts';

const rules = `rules:
  - {name: a, policies: [{action: login}]}
  - {name: b, policies: [{action: logout}], destinations: [other]}
`;

function loaded(
  include: string,
  files: { readonly [path: string]: string } = { '/etc/herald/pack/rules.yaml': rules },
): Config {
  const text = `sources: [{type: stdin}]
include: ${include}
rules: [{name: own, policies: [{action: "*"}], destinations: [chat]}]
destinations: {chat: {type: stdout}, other: {type: local}}
`;
  const readFile = (path: string): string => {
    const found = files[path];
    if (found === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    return found;
  };
  return loadConfig(text, '/etc/herald/config.yaml', { env: {}, hostname: 'here', readFile }, kinds);
}

function problems(include: string, files?: { readonly [path: string]: string }): readonly string[] {
  try {
    loaded(include, files);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const names = (config: Config): readonly string[] =>
  config.rules.map(({ name, destinations }) => `${name} -> ${destinations.join()}`);

test('rules of another file come behind the own ones; those without destinations go where the include says', () => {
  assert.deepEqual(names(loaded('[{file: pack/rules.yaml, destinations: [chat]}]')), [
    'own -> chat',
    'a -> chat',
    'b -> other',
  ]);
});

test('only some, or all but some', () => {
  assert.deepEqual(names(loaded('[{file: pack/rules.yaml, only: [b]}]')), ['own -> chat', 'b -> other']);
  assert.deepEqual(names(loaded('[{file: pack/rules.yaml, except: [a]}]')), ['own -> chat', 'b -> other']);
});

test('problems name the file that they are in', () => {
  assert.deepEqual(problems('[{file: pack/rules.yaml}]'), [
    'pack/rules.yaml:2:5 rules[0].destinations: at least one is needed',
  ]);
  assert.deepEqual(problems('[{file: gone.yaml}, {file: pack/rules.yaml, only: [c], destinations: [chat]}]'), [
    '/etc/herald/config.yaml:2:18 include[0].file: cannot be read: there is no such file',
    '/etc/herald/config.yaml:2:61 include[1].only[0]: the file has no such rule (did you mean "a"?)',
  ]);
  const broken = {
    '/etc/herald/pack/rules.yaml':
      'rules:\n  - {name: own, policies: [{acton: login}], destinations: [nowhere]}\nsources: []\n',
  };
  assert.deepEqual(problems('[{file: pack/rules.yaml}]', broken), [
    'pack/rules.yaml:2:29 rules[0].policies[0].acton: unknown key (did you mean "action"?)',
    'pack/rules.yaml:2:60 rules[0].destinations[0]: no such destination; known: chat, other',
    'pack/rules.yaml:3:1 sources: only "rules" can be included',
  ]);
  assert.deepEqual(
    problems('[{file: pack/rules.yaml, destinations: [chat]}]', {
      '/etc/herald/pack/rules.yaml': rules.replace('name: a', 'name: own'),
    }),
    ['pack/rules.yaml:2:12 rules[0].name: a second rule named "own"'],
  );
});
