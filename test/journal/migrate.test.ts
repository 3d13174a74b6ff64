import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Json } from '../../src/core/json.ts';
import { OperationalError } from '../../src/core/errors.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import {
  batch,
  changesOf,
  deliver,
  entry,
  event,
  idOf,
  maintainAll,
  open,
  rememberedOf,
  range,
  restore,
  storedIds,
  t0,
  tempFolder,
} from './harness.ts';

/** Version 1 as it was: no notifications, no rule state, no word index. Written out, so that a later edit of the code shows. */
const version1 = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO meta VALUES ('schema_version', 1);
  CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, id BLOB NOT NULL, written INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE UNIQUE INDEX event_id ON event (at, id);
  CREATE TABLE rule (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE destination (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, made INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0, shed INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE delivery (seq INTEGER PRIMARY KEY, destination INTEGER NOT NULL, rule INTEGER NOT NULL, severity INTEGER NOT NULL,
    state INTEGER NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, updated INTEGER NOT NULL, reason TEXT, detail TEXT);
  CREATE INDEX delivery_pending ON delivery (destination, seq) WHERE state = 0;
  CREATE TABLE checkpoint (source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;
  CREATE TABLE line_count (source TEXT NOT NULL, family TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (source, family)) WITHOUT ROWID;
  INSERT INTO rule VALUES (1, 'all');
  INSERT INTO destination VALUES (1, 'chat', 403, 0, 3, 0);
  INSERT INTO checkpoint VALUES ('server', 'file-1', '{"next":42,"open":{}}');
  INSERT INTO line_count VALUES ('server', 'event', 403);`;

function database(path: string): DatabaseSync {
  return new DatabaseSync(join(path, 'herald.db'));
}

function writeVersion1(path: string): void {
  const db = database(path);
  db.exec(version1);
  // At once: every row by itself would wait for the disk.
  db.exec('BEGIN');
  const insertEvent = db.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?)');
  const insertDelivery = db.prepare(`INSERT INTO delivery VALUES (?, 1, 1, 2, ?, 0, ?, ?, NULL, NULL)`);
  for (const n of range(0, 403)) {
    // Numbers far from 1: earlier ones were pruned.
    const seq = 1_000_000 + n;
    const one = event(n);
    insertEvent.run(seq, one.at, Buffer.from(one.id, 'hex'), t0, JSON.stringify(one));
    insertDelivery.run(seq * 4096, n < 3 ? 2 : 0, t0, t0);
  }
  db.exec('COMMIT');
  db.close();
}

test('a journal of version 1 is brought up to date with all that is in it', () => {
  const path = tempFolder();
  writeVersion1(path);
  assert.throws(() => openJournalReader({ path }, restore), { name: 'OperationalError', message: /older herald/ });
  const journal = open(path);
  assert.deepEqual(storedIds(journal), range(0, 403).map(idOf));
  assert.deepEqual(journal.checkpoints('server'), new Map([['file-1', { next: 42, open: {} }]]));
  assert.deepEqual(journal.lines(), new Map([['server', { event: 403 }]]));
  assert.equal(journal.deadLetters({ limit: 10 }).length, 3);
  // What is new in version 2 works on what is old.
  maintainAll(journal, t0);
  assert.equal(journal.search({ order: 'newest', limit: 5, search: 'user123' })[0]?.event.id, idOf(123));
  journal.append(batch([entry(5), entry(500)], { ruleState: changesOf([['all', 1]]) }), t0);
  assert.equal(journal.queue('chat').made, 404);
  journal.putNotification({
    key: 'k',
    eventId: idOf(3),
    at: t0,
    rule: 'all',
    severity: 'alert',
    title: 'T',
    summary: 'S',
  });
  assert.equal(deliver(journal, 'chat', t0).length, 401);
  assert.equal(journal.notifications(5).length, 1);
  journal.close();
  const again = open(path);
  assert.deepEqual(again.ruleState(), rememberedOf([['all', 1]]));
  assert.partialDeepStrictEqual(again.queue('chat'), { delivered: 401, dead: 3, pending: 0 });
  assert.deepEqual(again.logged, []);
});

test('what rules of version 3 remembered is read, and what changes of it', () => {
  const path = tempFolder();
  const first = open(path);
  first.append(batch([], { ruleState: changesOf([['a/in the table', 1]]) }), t0);
  first.close();
  const db = database(path);
  db.exec(`ALTER TABLE rule_state DROP COLUMN folded; DELETE FROM rule_log;
    INSERT INTO rule_state VALUES ('a/in the table', '[1,"x"]'), ('a/forgotten', '2')`);
  const changes = [
    ['a/forgotten', null],
    ['b/["203.0.113.7"]', '[1700000000000,[0,1],["ada"]]'],
  ];
  db.prepare('INSERT INTO rule_log VALUES (7, ?)').run(JSON.stringify(changes));
  db.exec(`UPDATE meta SET value = 3 WHERE key = 'schema_version'`);
  db.close();
  const journal = open(path);
  const known = new Map<string, Json>([
    ['a/in the table', [1, 'x']],
    ['b/["203.0.113.7"]', [1_700_000_000_000, [0, 1], ['ada']]],
  ]);
  assert.deepEqual(journal.ruleState(), rememberedOf(known));
  journal.append(batch([], { ruleState: changesOf([['b/["203.0.113.7"]', 3]]) }), t0);
  assert.deepEqual(journal.ruleState(), rememberedOf(known.set('b/["203.0.113.7"]', 3)));
  assert.deepEqual(journal.logged, []);
});

test('what rules of version 4 remembered is read, and added to', () => {
  const path = tempFolder();
  open(path).close();
  const db = database(path);
  db.exec(`ALTER TABLE rule_state DROP COLUMN folded; INSERT INTO rule_state VALUES ('a/in the table', '[1,"x"]')`);
  db.prepare('INSERT INTO rule_log VALUES (7, ?)').run(JSON.stringify([['a/', [['in the log', [2, 'y']]]]]));
  db.exec(`UPDATE meta SET value = 4 WHERE key = 'schema_version'`);
  db.close();
  const journal = open(path, { maxBytes: 4 * 1024 * 1024 });
  const added = [
    ['a/in the table', 3],
    ['a/in the log', 4],
  ] as const;
  journal.append(batch([], { ruleState: changesOf([['a/filler', 'x'.repeat(300_000)]], added) }), t0);
  for (const when of ['in the log', 'in the table']) {
    const { 'a/filler': filler, ...known } = Object.fromEntries(journal.ruleState());
    assert.deepEqual(known, { 'a/in the table': [[1, 'x'], 3], 'a/in the log': [[2, 'y'], 4] }, when);
    assert.ok(filler !== undefined);
    maintainAll(journal, t0);
  }
  assert.deepEqual(journal.logged, []);
  journal.close();
});

test('an old and a new journal have the same schema', () => {
  const [old, fresh] = [tempFolder(), tempFolder()];
  writeVersion1(old);
  const [schemaOld, schemaFresh] = [old, fresh].map((path) => {
    open(path).close();
    const db = database(path);
    const rows = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
    db.close();
    return rows.map(({ name, sql }) => `${String(name)}: ${String(sql).replaceAll(/\s+/g, ' ')}`);
  });
  assert.deepEqual(schemaOld, schemaFresh);
});

test('a migration that fails half-way changes nothing', () => {
  const path = tempFolder();
  writeVersion1(path);
  const db = database(path);
  db.exec('CREATE TABLE notification (mine)');
  db.close();
  assert.throws(() => open(path), /already exists/);
  const after = database(path);
  assert.equal(after.prepare(`SELECT value FROM meta WHERE key = 'schema_version'`).get()?.['value'], 1);
  assert.equal(after.prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name = 'rule_state'`).get()?.['n'], 0);
  after.close();
});

test('a journal of a later herald is refused and left alone', () => {
  const path = tempFolder();
  const journal = open(path);
  journal.append(batch([entry(1)]), t0);
  journal.close();
  const db = database(path);
  db.exec(`UPDATE meta SET value = 99 WHERE key = 'schema_version'`);
  db.close();
  for (const attempt of [() => open(path), () => openJournalReader({ path }, restore)]) {
    assert.throws(attempt, (error) => {
      assert(error instanceof OperationalError);
      assert.equal(error.code, 'journal_newer');
      assert.match(error.message, /version 99/);
      return true;
    });
  }
  const after = database(path);
  assert.equal(after.prepare('SELECT count(*) AS n FROM event').get()?.['n'], 1);
  after.close();
});
