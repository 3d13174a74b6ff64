import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../src/config/value.ts';
import { destinations } from '../../src/destinations/index.ts';
import { secretsOf } from '../support/receivers/destination.ts';
import { folder, herald } from './herald.ts';

const config = JSON.stringify({
  sources: [{ type: 'stdin' }],
  destinations: {
    team: { type: 'teams', url: 'https://prod-1.example.com/triggers/manual/paths/invoke?sig=kQw9ErTyUiOpAsDfGhJk' },
    out: { type: 'stdout' },
  },
});

test('prints what the receiver needs, and no secret', (t) => {
  const cwd = folder(t, { 'config.yaml': config });
  const { code, stdout, stderr } = herald(cwd, ['setup', 'team', '--print']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^# A workflow in Teams\n\n1\. /);
  assert.doesNotMatch(stdout, /kQw9ErTyUiOp/);
  assert.equal(herald(cwd, ['setup', 'team']).stdout, stdout);
});

test('a receiver that needs nothing, a name and a file that are none', (t) => {
  const cwd = folder(t, { 'config.yaml': config });
  assert.deepEqual(herald(cwd, ['setup', 'out']), { code: 0, stdout: 'out: the receiver needs nothing\n', stderr: '' });
  const unknown = herald(cwd, ['setup', 'teem']);
  assert.equal(unknown.code, 64);
  assert.match(unknown.stderr, /did you mean "team"/);
  const file = herald(cwd, ['setup', 'team', '--file', 'template.json']);
  assert.deepEqual([file.code, file.stdout], [64, '']);
  assert.match(file.stderr, /no file "template\.json"; there is none/);
});

for (const kind of destinations) {
  test(`${kind.type}: what it prints shows no secret, and names its files once`, () => {
    const blocks = kind.setup?.(load(kind.schema, kind.example)) ?? [];
    const text = JSON.stringify(blocks);
    for (const secret of secretsOf(kind.schema, kind.example)) assert.ok(!text.includes(secret), secret);
    const files = blocks.flatMap(({ file }) => (file === undefined ? [] : [file]));
    assert.equal(new Set(files).size, files.length);
    for (const { language, text: content } of blocks) if (language === 'json') JSON.parse(content);
  });
}
