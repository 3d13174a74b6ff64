import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folder, heraldAlongside } from '../cli/herald.ts';
import { startHttpReceiver } from '../support/receivers/http.ts';
import { toy } from '../support/toy-destination.ts';
import { destinationPage } from '../tools/destination-page.ts';

const root = join(import.meta.dirname, '..', '..');

/** A copy of the program with a destination more, built: one new file, its import and its place in the array. */
function copyWithToy(t: TestContext): string {
  const copy = mkdtempSync(join(tmpdir(), 'herald-toy-'));
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  for (const part of ['src', join('test', 'tools')]) cpSync(join(root, part), join(copy, part), { recursive: true });
  copyFileSync(join(root, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const file = readFileSync(join(root, 'test', 'support', 'toy-destination.ts'), 'utf8');
  const inPlace = file.replaceAll('../../src/destinations/', './').replaceAll('../../src/', '../');
  writeFileSync(join(copy, 'src', 'destinations', 'toy.ts'), inPlace);
  const index = join(copy, 'src', 'destinations', 'index.ts');
  const before = readFileSync(index, 'utf8');
  const after = before.replace(/(\]|,)\s*\];\n$/, '$1\n  toy,\n];\n');
  assert.equal(after.split('\n').length, before.split('\n').length + 1, 'one line of the array');
  writeFileSync(index, `import { toy } from './toy.ts';\n${after}`);
  execFileSync('npm', ['run', '-s', 'build'], { cwd: copy });
  return join(copy, 'dist', 'herald.cjs');
}

test('a destination more is one file and one line: every command knows it', async (t) => {
  const cli = copyWithToy(t);
  const receiver = await startHttpReceiver();
  t.after(() => receiver.close());
  const config = {
    sources: [{ type: 'stdin' }],
    destinations: { bell: { type: 'toy', url: `${receiver.url}/rings/dG95LXNlY3JldA`, bell: false } },
  };
  const cwd = folder(t, {
    'config.yaml': JSON.stringify(config),
    'wrong.yaml': JSON.stringify(config).replace('false', '7'),
  });
  const run = (...args: readonly string[]): ReturnType<typeof heraldAlongside> => heraldAlongside(cwd, args, {}, cli);

  assert.match((await run('check')).stdout, /ok \(1 source, 0 rules, 1 destination\)/);
  assert.match((await run('check', '-c', 'wrong.yaml')).stderr, /destinations\.bell\.bell: expected true or false/);
  assert.match((await run('schema')).stdout, /"const": "toy"/);
  assert.match((await run('example')).stdout, /# my-toy:\n\s+#\s+type: toy\n\s+#\s+url: \$\{env:TOY_URL\}/);
  assert.equal((await run('setup', 'bell', '--file', 'toy.json')).stdout, '{"bell":false}\n');
  const sent = await run('send-test', 'bell');
  assert.deepEqual([sent.code, sent.stderr], [0, '']);
  assert.deepEqual(JSON.parse(receiver.requests[0]?.body.toString() ?? ''), { bell: false, action: 'herald_test' });
});

test('its page is made of the component', () => {
  const page = destinationPage(toy);
  for (const part of ['# toy', 'It rings.', '`bell`', '`toy.json`', 'TOY_URL', '| 429 |', 'One ring at a time.']) {
    assert.ok(page.includes(part), part);
  }
  assert.ok(!page.includes('dG95LXNlY3JldA'));
});
