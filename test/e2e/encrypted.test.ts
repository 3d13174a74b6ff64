import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startDaemon, temporaryFolder, writeConfig } from '../support/daemon.ts';
import { eventLine } from '../support/lines.ts';
import { startSink } from '../support/sink.ts';
import { waitFor } from '../support/source.ts';

const keyOf = (n: number): string => createHash('sha256').update(`${n}`).digest('base64');

async function herald(context: TestContext, folder: string, ...args: readonly string[]) {
  const daemon = startDaemon(context, folder, args);
  return { code: await daemon.exited(), out: daemon.stdout(), err: daemon.log() };
}

test('a journal is encrypted, its key exchanged, and the wrong key is a mistake in the configuration', async (context) => {
  const folder = temporaryFolder(context);
  const sink = await startSink(context);
  for (const n of [1, 2, 3]) writeFileSync(join(folder, `key${n}`), `${keyOf(n)}\n`);
  const configure = (encryption: string): void =>
    writeConfig(folder, `{type: webhook, url: "${sink.url}", encoding: ndjson}`, '', {
      journal: `{path: ${folder}/journal, encryption: ${encryption}}`,
    });
  const files = (): string =>
    readdirSync(join(folder, 'journal'))
      .map((name) => readFileSync(join(folder, 'journal', name), 'latin1'))
      .join('');
  writeFileSync(join(folder, 'app.log'), Array.from({ length: 50 }, (_, n) => `${eventLine(n)}\n`).join(''));

  configure('{key: "${file:key1}"}');
  const first = startDaemon(context, folder, ['run']);
  await waitFor(() => sink.distinct() === 50, 'the events to be delivered');
  assert.doesNotMatch(files(), /"action"|username/);
  const shown = await herald(context, folder, 'events', '--json', '--limit', '100');
  assert.equal(shown.out.trim().split('\n').length, 50);
  first.process.kill('SIGTERM');
  assert.equal(await first.exited(), 0);

  configure('{key: "${file:key3}"}');
  for (const command of [['run'], ['events']]) {
    const { code, err } = await herald(context, folder, ...command);
    assert.equal(code, 78, err);
    assert.match(
      err,
      /journal .* is encrypted with the key [0-9a-f]{8}, which is not configured .*journal\.encryption\.previous/,
    );
  }

  configure('{key: "${file:key2}", previous: ["${file:key1}"]}');
  const second = startDaemon(context, folder, ['run']);
  await second.logged('previous keys are not needed any more');
  second.process.kill('SIGTERM');
  await second.exited();
  configure('{key: "${file:key2}"}');
  const after = await herald(context, folder, 'events', '--json', '--limit', '100');
  assert.equal(after.out, shown.out);
  for (const n of [1, 2, 3]) assert(!(first.log() + second.log() + files()).includes(keyOf(n)), 'no key is shown');
});
