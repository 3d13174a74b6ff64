import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { OperationalError } from '../../src/core/errors.ts';
import { open, tempFolder } from './harness.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('a journal that anybody may write is refused, with what to do', () => {
  for (const [name, given] of [
    ['', 0o777],
    ['', 0o1777],
    ['', 0o702],
    ['herald.db', 0o666],
    ['lock.db', 0o602],
  ] as const) {
    test(`${name === '' ? 'the folder' : name} with ${given.toString(8)}`, () => {
      const folder = tempFolder();
      open(folder).close();
      const path = join(folder, name);
      chmodSync(path, given);
      const right = name === '' ? 0o700 : 0o600;
      assert.throws(
        () => open(folder),
        (error: unknown) =>
          error instanceof OperationalError &&
          error.code === 'permission' &&
          error.message ===
            `anybody may write ${path.replace(/\/$/, '')}, so the journal cannot be trusted: chmod ${right.toString(8)} ${path.replace(/\/$/, '')}`,
      );
      assert.equal(mode(path), given & 0o777, 'nothing is changed behind the back of the operator');
      chmodSync(path, right);
      open(folder).close();
    });
  }
});

test('a group may share the folder, as on a volume with fsGroup', () => {
  const folder = tempFolder();
  chmodSync(folder, 0o2770);
  open(folder).close();
  assert.equal(mode(join(folder, 'herald.db')), 0o600);
});
