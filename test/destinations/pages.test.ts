import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { kinds } from '../../src/build.ts';
import { loadConfig } from '../../src/config/load.ts';
import { exampleEnv } from '../support/example-env.ts';
import { secretsOf } from '../support/receivers/destination.ts';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'destinations');

for (const kind of kinds.destinations) {
  const page = readFileSync(join(folder, `${kind.type}.md`), 'utf8');

  test(`${kind.type}: the example of its page loads`, () => {
    const yaml = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
    const text = `sources: [{type: stdin}]\n${yaml}`;
    const { destinations } = loadConfig(
      text,
      'page.yaml',
      { env: exampleEnv, hostname: 'h', readFile: () => '' },
      kinds,
    );
    assert.deepEqual([...destinations.keys()], [`my-${kind.type}`]);
  });

  test(`${kind.type}: its page shows no secret of the example`, () => {
    for (const secret of secretsOf(kind.schema, kind.example)) assert.ok(!page.includes(secret), secret);
  });

  test(`${kind.type}: its guide says something about everything`, () => {
    const { notes, order, idempotency, limits, failures } = kind.guide;
    for (const text of [...notes, order, idempotency, ...limits, ...failures.map(({ meaning }) => meaning)]) {
      assert.match(text, /[.:]$/, `a full sentence: ${text}`);
    }
    assert.ok(notes.length > 0 && limits.length > 0 && failures.length > 0);
    const rows = failures.map(({ when }) => when);
    assert.equal(new Set(rows).size, rows.length, 'a row for each answer');
  });
}
