import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Journal } from '../../src/journal/journal.ts';
import { batch, deliver, entry, idOf, limit, maintainAll, open, range, storedIds, t0, tempFolder } from './harness.ts';

const names = ['herald.db', 'herald.db-wal', 'herald.db-shm', 'lock.db', 'owner'];

/** A running journal in a folder of its own: 300 events of which 200 wait, a checkpoint, a notification that is not written yet. */
function running(): { readonly path: string; readonly journal: ReturnType<typeof open> } {
  const path = join(tempFolder(), 'journal');
  const journal = open(path);
  const checkpoints = new Map([['f', { next: 7, open: {} }]]);
  journal.append(batch(range(0, 100).map((n) => entry(n))), t0);
  deliver(journal, 'chat', t0);
  maintainAll(journal, t0);
  journal.append(batch(range(100, 300).map((n) => entry(n)), { checkpoints }), t0); // prettier-ignore
  journal.putNotification({
    key: 'k',
    eventId: idOf(1),
    at: t0,
    rule: 'r',
    severity: 'notice',
    title: 't',
    summary: 's',
  });
  return { path, journal };
}

/** What a start finds that comes after a `kill -9`: the files as they lie there now. */
function afterKill(path: string): Journal {
  const copy = join(tempFolder(), 'copy');
  mkdirSync(copy, { mode: 0o700 });
  cpSync(path, copy, { recursive: true });
  return open(copy);
}

function assertWhole(journal: Journal, events = 300): void {
  assert.deepEqual(storedIds(journal), range(0, events).map(idOf)); // prettier-ignore
  assert.equal(journal.queue('chat').pending, events - 100);
  assert.equal(journal.queue('chat').delivered, 100);
  assert.deepEqual(journal.checkpoints('server'), new Map([['f', { next: 7, open: {} }]]));
  assert.deepEqual(journal.notifications(10).map(({ key }) => key), ['k']); // prettier-ignore
}

const ways: readonly (readonly [string, (path: string) => void])[] = [
  ['all its files', (path) => names.forEach((name) => rmSync(join(path, name)))],
  ['its folder', (path) => rmSync(path, { recursive: true })],
  ['the folder, which lies elsewhere now', (path) => renameSync(path, `${path}.old`)],
  ['the database', (path) => rmSync(join(path, 'herald.db'))],
  ['the write-ahead log', (path) => rmSync(join(path, 'herald.db-wal'))],
  ['what the database and its readers share', (path) => rmSync(join(path, 'herald.db-shm'))],
];

for (const [what, remove] of ways) {
  test(`somebody removes ${what}: a second later all is there again`, () => {
    const { path, journal } = running();
    remove(path);
    journal.maintain(t0 + 1000);
    assert.equal(journal.logged.length, 1, JSON.stringify(journal.logged));
    assert.match(journal.logged[0]?.message ?? '', /removed or moved/);
    assertWhole(afterKill(path));
    journal.append(batch([entry(300)]), t0 + 1000);
    assertWhole(afterKill(path), 301);
    journal.maintain(t0 + 5000);
    assert.equal(journal.logged.length, 1);
    assert.equal(journal.lease('chat', limit, t0 + 5000).length, 201);
    assert.equal(statSync(path).mode & 0o777, 0o700);
    for (const name of names) assert.equal(statSync(join(path, name)).mode & 0o777, 0o600, name);
    assert.throws(() => open(path), /in use by process/);
    journal.close();
    assertWhole(open(path), 301);
  });
}

test('a file that was written back is made like any other', () => {
  const { path, journal } = running();
  rmSync(path, { recursive: true });
  journal.maintain(t0 + 1000);
  journal.close();
  const db = new DatabaseSync(join(path, 'herald.db'), { readOnly: true });
  const settings = ['page_size', 'auto_vacuum', 'journal_mode'].map((name) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]); // prettier-ignore
  db.close();
  assert.deepEqual(settings, [8192, 2, 'wal']);
});

test('removed right before the end: it is written back then', () => {
  const { path, journal } = running();
  rmSync(path, { recursive: true });
  journal.close();
  assertWhole(open(path));
});

test('another file in its place is not touched, and said until it is gone', () => {
  const { path, journal } = running();
  const file = join(path, 'herald.db');
  rmSync(file);
  writeFileSync(file, 'somebody’s');
  for (const second of [1, 2]) {
    assert.throws(() => journal.maintain(t0 + second * 1000), { code: 'journal_unwritable', message: /another file.*herald\.db/ }); // prettier-ignore
  }
  assert.equal(readFileSync(file, 'utf8'), 'somebody’s');
  rmSync(file);
  journal.maintain(t0 + 3000);
  assertWhole(afterKill(path));
});

test('where it cannot be written back it is tried again', () => {
  const { path, journal } = running();
  rmSync(path, { recursive: true });
  writeFileSync(path, 'no folder');
  assert.throws(() => journal.maintain(t0 + 1000), { code: 'journal_unwritable' });
  assert.throws(() => open(path), { code: 'journal_unwritable' });
  journal.append(batch([entry(300)]), t0 + 1500);
  rmSync(path);
  journal.maintain(t0 + 2000);
  assertWhole(afterKill(path), 301);
});

test('a copy that was under way when the machine died is not in the way', () => {
  const { path, journal } = running();
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'herald.db.new'), 'half');
  rmSync(join(path, 'herald.db'));
  journal.maintain(t0 + 1000);
  assert.ok(!existsSync(join(path, 'herald.db.new')));
  assertWhole(afterKill(path));
});
