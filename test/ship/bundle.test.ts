import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundle } from '../support/bundle.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const source = readFileSync(bundle);
/** What `env -S` sets and Node takes before it runs the file. */
const [, variables = '', options = ''] =
  /^#!\/usr\/bin\/env -S ((?:\w+=\w+ )*)node ((?:--\S+ ?)+)\n/.exec(source.toString()) ?? [];

test('the bundle is ASCII, so that V8 keeps one byte for each of its characters', () => {
  assert.ok(source.every((byte) => byte < 128));
});

test("the image and the service run Node as the bundle's first line does", () => {
  assert.ok(variables.includes('=') && options.includes('--'));
  const entry = /^ENTRYPOINT (.+)$/m.exec(read('Dockerfile'))?.[1] ?? '';
  assert.deepEqual(JSON.parse(entry), ['node', ...options.trim().split(' '), '/app/herald.cjs']);
  assert.match(read('Dockerfile'), new RegExp(`^ENV ${variables.trim()}$`, 'm'));
  const service = read('examples/herald.service');
  assert.ok(service.includes(`ExecStart=/usr/bin/node ${options.trim()} /opt/herald/herald.cjs run`));
  assert.match(service, new RegExp(`^Environment=${variables.trim()}$`, 'm'));
});
