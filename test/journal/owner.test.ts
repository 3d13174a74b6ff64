import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OperationalError, type OperationalCode } from '../../src/core/errors.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import { batch, entry, open, restore, storedIds, t0, tempFolder, idOf } from './harness.ts';

function refused(code: OperationalCode, pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof OperationalError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, pattern);
    return true;
  };
}

/** Another process that owns the journal and says so; it lives until it is killed. */
async function otherOwner(path: string): Promise<{ readonly pid: number; kill(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'owner-process.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const { pid } = child;
  assert(pid !== undefined);
  return {
    pid,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('a second process is refused with the folder and the owner, and gets in when the owner is killed', async () => {
  const path = tempFolder();
  const other = await otherOwner(path);
  try {
    assert.throws(() => open(path), refused('journal_locked', new RegExp(`${path}.*process ${other.pid}`)));
    // Questions are answered beside the owner.
    const reader = openJournalReader({ path }, restore);
    assert.equal(reader.search({ order: 'newest', limit: 10 }).length, 3);
    assert.equal(reader.queue('chat').pending, 3);
    reader.close();
  } finally {
    await other.kill();
  }
  const journal = open(path);
  assert.equal(storedIds(journal).length, 3);
});

test('the same process is refused too, and the refusal does not loosen the lock', async () => {
  const path = tempFolder();
  const first = open(path);
  for (let round = 0; round < 2; round += 1) assert.throws(() => open(path), refused('journal_locked', /in use/));
  // A POSIX lock goes when any descriptor of the file is closed: the refused open must not have had one.
  await assert.rejects(otherOwnerExit(path), /journal_locked/);
  first.close();
  first.close();
  open(path).close();
});

async function otherOwnerExit(path: string): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'owner-process.ts'), path], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stdout.once('data', () => child.kill('SIGKILL'));
  await once(child, 'close');
  if (output !== '') throw new Error(output);
}

test('rubbish in the lock file is no obstacle', () => {
  const path = tempFolder();
  writeFileSync(join(path, 'lock.db'), 'rubbish'.repeat(1000), { mode: 0o600 });
  open(path);
  assert.throws(() => open(path), refused('journal_locked', /in use/));
});

test('folder 0700 and files 0600, also those that SQLite makes', () => {
  const path = join(tempFolder(), 'a', 'b');
  const journal = open(path);
  journal.append(batch([entry(1)]), t0);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  const names = readdirSync(path);
  assert.deepEqual([...names].sort(), ['herald.db', 'herald.db-shm', 'herald.db-wal', 'lock.db', 'owner']);
  for (const name of names) assert.equal(statSync(join(path, name)).mode & 0o777, 0o600, name);
});

test('a folder that cannot be is refused with its name', () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => open(join(folder, 'file', 'journal')), refused('journal_unwritable', /file\/journal/));
  mkdirSync(join(folder, 'j', 'herald.db'), { recursive: true, mode: 0o700 });
  assert.throws(() => open(join(folder, 'j')), refused('journal_unwritable', /unable to open/));
  // The lock is let go again.
  assert.throws(() => open(join(folder, 'j')), refused('journal_unwritable', /unable to open/));
});

test('a reader needs no owner, sees what the owner left, and does not make a journal', () => {
  const path = tempFolder();
  assert.throws(() => openJournalReader({ path }, restore), refused('io', /no journal/));
  assert(!existsSync(join(path, 'herald.db')));
  const journal = open(path);
  journal.append(batch([entry(1), entry(2, ['siem'])]), t0);
  const beside = openJournalReader({ path }, restore);
  assert.deepEqual(beside.destinations(), ['chat', 'siem']);
  journal.append(batch([entry(3)]), t0);
  assert.equal(beside.search({ order: 'oldest', limit: 10 }).at(-1)?.event.id, idOf(3));
  assert.equal(beside.bytes(), journal.bytes());
  journal.close();
  beside.close();
  const reader = openJournalReader({ path }, restore);
  assert.equal(reader.search({ order: 'oldest', limit: 10 }).length, 3);
  assert.equal(reader.deliveriesOf(idOf(2))[0]?.destination, 'siem');
  assert.deepEqual(reader.lines(), new Map([['server', { event: 3 }]]));
  assert.deepEqual(reader.notifications(5), []);
  assert.deepEqual(reader.deadLetters({ limit: 5 }), []);
  reader.close();
});
