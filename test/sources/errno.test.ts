import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { OperationalError } from '../../src/core/errors.ts';
import { errnoOf, isMissing } from '../../src/sources/file/errno.ts';

test('an errno has its name, also where Node.js has none for it', async () => {
  const missing: unknown = await open('/nowhere/0.log').catch((error: unknown) => error);
  assert.equal(errnoOf(missing), 'ENOENT');
  // As libuv says it: a network file system took the file away under the open descriptor.
  const stale = { errno: -116, code: 'Unknown system error -116', syscall: 'read' };
  assert.equal(errnoOf(Object.assign(new Error('stale'), stale)), 'ESTALE');
  assert.ok(isMissing(Object.assign(new Error('stale'), stale)));
  const other = { errno: -133, code: 'Unknown system error -133', syscall: 'read' };
  assert.equal(errnoOf(Object.assign(new Error('poisoned'), other)), 'ERRNO133');
});

test('our own errors and those of Node.js are no errnos', () => {
  assert.equal(errnoOf(new OperationalError('io', 'no')), '');
  assert.equal(errnoOf(Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_ARG_TYPE' })), '');
  assert.equal(errnoOf('EIO'), '');
});
