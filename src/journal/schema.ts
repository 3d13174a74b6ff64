import type { DatabaseSync } from 'node:sqlite';
import { OperationalError } from '../core/errors.ts';

/**
 * An event's `seq` counts up and is never used twice. A delivery's is `event seq * deliveriesPerEvent + n`, so that one needs no
 * index to find the deliveries of an event, and both tables age in the same order.
 */
export const deliveriesPerEvent = 4096;

/** What `delivery.state` holds. Shed deliveries have no row any more; `destination.shed` counts them. */
export const states = { pending: 0, delivered: 1, dead: 2 } as const;

/**
 * Every step from one version to the next, oldest first; never edited once released.
 * The unique index begins with the time because the same line has the same time: keys then arrive nearly in order, where an index
 * on the random id alone would dirty a page for every event.
 */
const migrations: readonly string[] = [
  `CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, id BLOB NOT NULL, written INTEGER NOT NULL, body BLOB NOT NULL);
   CREATE UNIQUE INDEX event_id ON event (at, id);
   CREATE TABLE rule (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
   CREATE TABLE destination (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, made INTEGER NOT NULL DEFAULT 0,
     delivered INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0, shed INTEGER NOT NULL DEFAULT 0);
   CREATE TABLE delivery (seq INTEGER PRIMARY KEY, destination INTEGER NOT NULL, rule INTEGER NOT NULL, severity INTEGER NOT NULL,
     state INTEGER NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, updated INTEGER NOT NULL, reason TEXT, detail TEXT);
   CREATE INDEX delivery_pending ON delivery (destination, seq) WHERE state = 0;
   CREATE TABLE checkpoint (source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;
   CREATE TABLE line_count (source TEXT NOT NULL, family TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (source, family)) WITHOUT ROWID;`,
  `CREATE INDEX delivery_dead ON delivery (seq) WHERE state = 2;
   CREATE TABLE rule_state (rule TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE notification (seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, event_id TEXT NOT NULL, at INTEGER NOT NULL,
     written INTEGER NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL);
   INSERT INTO meta VALUES ('next_seq', coalesce((SELECT max(seq) FROM event), 0) + 1), ('indexed', 0);`,
  `CREATE TABLE rule_log (seq INTEGER PRIMARY KEY, changes TEXT NOT NULL);`,
  // Rows of `rule_log` are written in another form from here on, which earlier versions cannot read.
  '',
  // And again: changes may add to what there is, and so do rows of `rule_state`.
  `ALTER TABLE rule_state ADD COLUMN folded INTEGER NOT NULL DEFAULT 0;`,
];

export const schemaVersion = migrations.length;

/** The version of an open database; 0 when it is empty. */
export function readVersion(db: DatabaseSync): number {
  const table = db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'`).get();
  if (table === undefined) return 0;
  const version = db.prepare(`SELECT value FROM meta WHERE key = 'schema_version'`).get()?.['value'];
  return typeof version === 'number' ? version : 0;
}

/** Brings a database to the present version in one transaction. Throws `journal_newer` for one from a later herald. */
export function migrate(db: DatabaseSync, path: string): void {
  const version = readVersion(db);
  if (version === schemaVersion) return;
  if (version > schemaVersion) throw newerError(path, version);
  db.exec('BEGIN IMMEDIATE');
  try {
    if (version === 0) db.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID');
    for (const step of migrations.slice(version)) db.exec(step);
    db.prepare(`INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)`).run(schemaVersion);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

export function newerError(path: string, version: number): OperationalError {
  const message = `journal ${path} has version ${version}, this herald knows versions up to ${schemaVersion}`;
  return new OperationalError('journal_newer', message);
}
