import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { OperationalError } from '../../src/core/errors.ts';
import { open, tempFolder } from './harness.ts';

const mode = (path: string): number => statSync(path).mode & 0o7777;

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
      assert.equal(mode(path), given, 'nothing is changed behind the back of the operator');
      chmodSync(path, right);
      open(folder).close();
    });
  }
});

test('a link in the place of a file is refused, and what it stands for stays as it is', () => {
  for (const name of ['owner', 'lock.db', 'herald.db', 'herald.db-wal', 'herald.db.corrupt-20260115T090000000Z']) {
    const folder = join(tempFolder(), 'journal');
    mkdirSync(folder, { mode: 0o700 });
    const other = join(tempFolder(), 'other');
    writeFileSync(other, 'kept');
    chmodSync(other, 0o644);
    for (const target of [other, `${other}-that-is-not-there`]) {
      symlinkSync(target, join(folder, name));
      assert.throws(() => open(folder), {
        code: 'permission',
        message: `${join(folder, name)} is a link, and herald made none: remove it`,
      });
      rmSync(join(folder, name));
    }
    assert.equal(readFileSync(other, 'utf8'), 'kept');
    assert.equal(mode(other), 0o644);
    assert.ok(!existsSync(`${other}-that-is-not-there`));
    open(folder).close();
  }
});

describe('what others may read is closed', () => {
  test('the files, whoever opened them before, and those that SQLite makes beside them', () => {
    const folder = tempFolder();
    open(folder).close();
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
    writeFileSync(join(folder, 'herald.db.corrupt-20260115T090000000Z'), '');
    chmodSync(join(folder, 'herald.db.corrupt-20260115T090000000Z'), 0o664);
    const { logged } = open(folder);
    const modes = readdirSync(folder).map((name) => [name, mode(join(folder, name))] as const);
    assert.ok(modes.length >= 5, 'database, WAL, index, lock, owner');
    assert.deepEqual(
      modes.filter(([, bits]) => bits !== 0o600),
      [],
    );
    assert.deepEqual(logged, []);
  });

  for (const [before, after] of [
    [0o755, 0o700],
    [0o750, 0o700],
    [0o770, 0o700],
    // Given to a group on purpose.
    [0o2770, 0o2770],
    [0o2775, 0o2770],
  ] as const) {
    test(`the folder with ${before.toString(8)}`, () => {
      const folder = join(tempFolder(), 'journal');
      mkdirSync(folder);
      chmodSync(folder, before);
      const { told } = open(folder);
      assert.equal(mode(folder), after);
      assert.deepEqual(told, []);
      assert.equal(mode(join(folder, 'herald.db')), 0o600);
    });
  }

  test('but not a folder with something else in it, which is told', () => {
    const folder = tempFolder();
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'config.yaml'), '');
    chmodSync(join(folder, 'config.yaml'), 0o644);
    const { told } = open(folder);
    assert.equal(mode(folder), 0o755);
    assert.equal(mode(join(folder, 'config.yaml')), 0o644);
    assert.deepEqual(told, [
      {
        fields: { path: folder, mode: '755' },
        message: 'others than herald may see which files the journal has',
      },
    ]);
  });
});

const notRoot = process.getuid?.() === 0 ? false : 'skipped: only root can give files to others';

describe('what belongs to somebody else', { skip: notRoot }, () => {
  const other = 65_532;

  test('is refused when anybody may write it', () => {
    const folder = tempFolder();
    chownSync(folder, other, other);
    chmodSync(folder, 0o777);
    assert.throws(() => open(folder), /^OperationalError: anybody may write/);
  });

  test('is used as it is when a group shares it, as the volume of a pod that had another user', () => {
    const folder = tempFolder();
    open(folder).close();
    chownSync(folder, other, 0);
    chmodSync(folder, 0o2770);
    const database = join(folder, 'herald.db');
    chownSync(database, other, 0);
    chmodSync(database, 0o660);
    const { logged, told } = open(folder);
    assert.deepEqual([mode(folder), mode(database)], [0o2770, 0o660]);
    assert.deepEqual(told, []);
    assert.deepEqual(logged[0], {
      fields: { path: database, mode: '660' },
      message: 'others than herald may read the journal, and this cannot be changed',
    });
  });
});
