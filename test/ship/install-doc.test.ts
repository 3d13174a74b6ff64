import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/program.ts';
import { bundle, compiledOnce } from '../support/bundle.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { lint, template } from '../support/helm/helm.ts';
import { podOf } from '../support/helm/pod.ts';

// What docs/install.md tells people to write and to run.

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'install.md'), 'utf8');
const blocks = [...text.matchAll(/^ *```(\w+)\n([^]*?)^ *```$/gm)].map(([, language = '', code = '']) => ({
  language,
  code,
}));
const yaml = blocks.filter(({ language }) => language === 'yaml').map(({ code }) => code);
const commands = blocks.filter(({ language }) => language === 'console').flatMap(({ code }) => code.trim().split('\n'));

for (const code of yaml) {
  const [, name = ''] = /^# (\S+)\n/.exec(code) ?? [];
  if (name.endsWith('values.yaml')) {
    test(`${name}: helm lint accepts it`, () => {
      const { code: status, output } = lint(parse(code));
      assert.equal(status, 0, output);
    });
  } else {
    test(`${name} with ${/\/\S+\.log/.exec(code)?.[0]}: herald check accepts it`, (context) => {
      assert.equal(name, 'config.yaml', 'the first line of a block says what file it is');
      const folder = temporaryFolder(context);
      writeFileSync(join(folder, 'slack-url'), 'https://hooks.slack.com/services/T/B/x');
      writeFileSync(join(folder, 'config.yaml'), code.replace('/run/credentials/herald.service', folder));
      const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, 'check', '-c', 'config.yaml'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...compiledOnce, SLACK_URL: 'https://hooks.slack.com/services/T/B/x' },
      });
      assert.equal(status, 0, stdout + stderr);
    });
  }
}

test('there is an example for every way', () => {
  assert.ok(yaml.length >= 6, String(yaml.length));
  assert.ok(commands.length >= 10, String(commands.length));
});

test('a newcomer sets three values', () => {
  const first = yaml.find((code) => code.startsWith('# herald-values.yaml')) ?? '';
  assert.deepEqual(
    [...first.matchAll(/# (\d)\./g)].map(([, number]) => number),
    ['1', '2', '3'],
  );
});

test('OpenShift picks the user', () => {
  const values: unknown = parse(yaml.find((code) => code.startsWith('# herald-openshift')) ?? '');
  const pods = template({ ...(values as object), existingSecret: 's' }).flatMap((object) => podOf(object) ?? []);
  assert.equal(pods.length, 2);
  for (const { securityContext } of pods)
    assert.deepEqual(
      Object.keys(securityContext ?? {}).filter((key) => key.startsWith('runAs')),
      ['runAsNonRoot'],
    );
});

test('the commands of herald that it names exist', () => {
  const known = new Set(createProgram().commands.map((command) => command.name()));
  const named = [
    ...text.matchAll(/(?:`|\| )herald ([a-z-]+)\b/g),
    ...commands.join('\n').matchAll(/herald\.cjs ([a-z-]+)/g),
  ];
  assert.ok(named.length >= 4);
  for (const [, name = ''] of named) assert.ok(known.has(name), name);
});

test('the files and sections that it names exist', () => {
  const headings = new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
    if (target.startsWith('#')) assert.ok(headings.has(target.slice(1)), target);
    else assert.ok(existsSync(join(root, 'docs', target)), target);
  }
  for (const path of commands.join(' ').match(/(?<=[ ])(?:examples|helm)\/[\w./-]+/g) ?? [])
    assert.ok(existsSync(join(root, path)), path);
});
