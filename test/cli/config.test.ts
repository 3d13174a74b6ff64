import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../src/cli/config.ts';
import { ConfigError } from '../../src/core/errors.ts';
import { temporaryFolder } from '../support/daemon.ts';

const start = 'sources: [{type: stdin}]\ninstance: ';

/** A configuration of so many bytes, the last of which belong to the name of the instance. */
const ofSize = (bytes: number): string => `# ${'ä'.repeat(8)}${'.'.repeat(bytes - start.length - 23)}\n${start}last`;

test('a file of any size up to a megabyte is read to its last byte', (t) => {
  const file = join(temporaryFolder(t), 'config.yaml');
  for (const bytes of [100, 2 ** 14 - 1, 2 ** 14, 2 ** 14 + 1, 2 ** 16, 2 ** 16 + 1, 300_000, 2 ** 20]) {
    writeFileSync(file, ofSize(bytes));
    assert.equal(Buffer.byteLength(ofSize(bytes)), bytes);
    assert.equal(readConfig(file).instance, 'last', `${bytes}`);
  }
  writeFileSync(file, ofSize(2 ** 20 + 1));
  assert.throws(() => readConfig(file), ConfigError);
});

test('reading a small file anew, as is done every two seconds, takes little memory', (t) => {
  const file = join(temporaryFolder(t), 'config.yaml');
  writeFileSync(file, ofSize(2000));
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 20; i++) readConfig(file);
  assert.ok(process.memoryUsage().arrayBuffers - before < 20 * 64 * 1024);
});
