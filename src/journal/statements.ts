import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deliveriesPerEvent as per } from './schema.ts';

/** Rows of one multi-row INSERT: most of the cost of a small statement is the way into SQLite and back. */
export const rowsPerInsert = 16;

const pendingOf = `EXISTS (SELECT 1 FROM delivery d
  WHERE d.seq >= e.seq * ${per} AND d.seq < (e.seq + 1) * ${per} AND d.state = 0)`;
const deadOf = pendingOf.replace('d.state = 0', 'd.state = 2');
const seqs = '(SELECT value FROM json_each(?))';

// `LIMIT +?` and not `LIMIT ?`: SQLite (3.53) looks at a bare parameter there when it plans, and so prepares the statement anew for
// every execution, which takes six times as long as to run it.

/** All statements that the journal's owner keeps prepared. */
export type SqlStatements = ReturnType<typeof prepareStatements>;

export function prepareStatements(db: DatabaseSync) {
  return { ...appendStatements(db), ...queueStatements(db), ...upkeepStatements(db) };
}

function appendStatements(db: DatabaseSync) {
  const event = (rows: number): StatementSync =>
    db.prepare(
      `INSERT INTO event (seq, at, id, written, body) VALUES ${repeat('(?, ?, ?, ?, ?)', rows)} ON CONFLICT (at, id) DO NOTHING`,
    );
  const delivery = (rows: number): StatementSync =>
    db.prepare(
      `INSERT INTO delivery (seq, destination, rule, severity, state, attempts, due_at, updated)
       VALUES ${repeat('(?, ?, ?, ?, 0, 0, 0, ?)', rows)}`,
    );
  return {
    insertEvent: event(1),
    insertEvents: event(rowsPerInsert),
    eventsBetween: db.prepare('SELECT seq FROM event WHERE seq BETWEEN ? AND ?'),
    insertDelivery: delivery(1),
    insertDeliveries: delivery(rowsPerInsert),
    addMade: db.prepare('UPDATE destination SET made = made + ? WHERE id = ?'),
    addLines: db.prepare(
      `INSERT INTO line_count VALUES (?, ?, ?) ON CONFLICT (source, family) DO UPDATE SET count = count + excluded.count`,
    ),
    putCheckpoint: db.prepare('INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)'),
    dropCheckpoint: db.prepare('DELETE FROM checkpoint WHERE source = ? AND key = ?'),
    checkpoints: db.prepare('SELECT key, value FROM checkpoint WHERE source = ?'),
    putRuleState: db.prepare('INSERT OR REPLACE INTO rule_state VALUES (?, ?)'),
    dropRuleState: db.prepare('DELETE FROM rule_state WHERE rule = ?'),
    putRuleLog: db.prepare('INSERT INTO rule_log VALUES (?, ?)'),
    dropRuleLog: db.prepare('DELETE FROM rule_log WHERE seq <= ?'),
    hasEvent: db.prepare('SELECT 1 FROM event WHERE at = ? AND id = ?'),
    putNotification: db.prepare(
      `INSERT INTO notification (key, event_id, at, written, rule, severity, title, summary) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO NOTHING`,
    ),
    findDestination: db.prepare('SELECT id FROM destination WHERE name = ?'),
    addDestination: db.prepare('INSERT INTO destination (name) VALUES (?) RETURNING id'),
    findRule: db.prepare('SELECT id FROM rule WHERE name = ?'),
    addRule: db.prepare('INSERT INTO rule (name) VALUES (?) RETURNING id'),
    ruleName: db.prepare('SELECT name FROM rule WHERE id = ?'),
  };
}

function queueStatements(db: DatabaseSync) {
  // A delivery that was put off later than now was put off by a clock that has been set back since: nobody knows how long it
  // has waited, and it must not wait until the clock is there again.
  const due = 'CASE WHEN updated > ?1 THEN 0 ELSE due_at END';
  // The unary plus keeps the rows looked up by seq; by the index the whole queue would be walked.
  const settle = (set: string): StatementSync =>
    db.prepare(`UPDATE delivery SET ${set} WHERE seq IN ${seqs} AND +destination = ? AND +state = 0`);
  return {
    pending: arrays(
      db.prepare(
        `SELECT seq, rule, severity, attempts, ${due} FROM delivery INDEXED BY delivery_pending
         WHERE destination = ?2 AND state = 0 AND seq > ?4 AND seq < ?5 ORDER BY seq LIMIT +?3`,
      ),
    ),
    body: arrays(db.prepare('SELECT CAST(body AS BLOB), written, at, id FROM event WHERE seq = ?')),
    nextDue: db.prepare(
      `SELECT ${due} AS due_at FROM delivery INDEXED BY delivery_pending
       WHERE destination = ?2 AND state = 0 ORDER BY seq LIMIT 1`,
    ),
    delivered: settle('state = 1, attempts = attempts + 1, updated = ?'),
    dead: settle('state = 2, attempts = attempts + ?, updated = ?, reason = ?, detail = ?'),
    retry: settle('attempts = attempts + 1, updated = ?, due_at = ?, reason = ?, detail = ?'),
    addSettled: db.prepare('UPDATE destination SET delivered = delivered + ?, dead = dead + ? WHERE id = ?'),
  };
}

function upkeepStatements(db: DatabaseSync) {
  return {
    pageCount: db.prepare('PRAGMA page_count'),
    freePages: db.prepare('PRAGMA freelist_count'),
    meta: db.prepare('SELECT value FROM meta WHERE key = ?'),
    putMeta: db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)'),
    ageing: db.prepare(
      `SELECT seq, written, ${pendingOf} AS pending, ${deadOf} AS dead FROM event e WHERE seq >= ? ORDER BY seq LIMIT +?`,
    ),
    deadFrom: db.prepare(
      `SELECT seq / ${per} AS seq FROM delivery INDEXED BY delivery_dead WHERE state = 2 AND seq >= ? * ${per}
       ORDER BY delivery.seq LIMIT +?`,
    ),
    ageingOne: db.prepare(`SELECT seq, written, ${pendingOf} AS pending, ${deadOf} AS dead FROM event e WHERE seq = ?`),
    deleteEvents: db.prepare('DELETE FROM event WHERE seq BETWEEN ? AND ?'),
    deleteDeliveries: db.prepare(`DELETE FROM delivery WHERE seq >= ? AND seq < ?`),
    oldest: db.prepare('SELECT seq FROM event ORDER BY seq LIMIT +?'),
    pendingBetween: db.prepare(
      `SELECT destination, count(*) AS count FROM delivery NOT INDEXED
       WHERE seq >= ? AND seq < ? AND state = 0 GROUP BY destination`,
    ),
    addShed: db.prepare('UPDATE destination SET shed = shed + ? WHERE id = ? RETURNING name'),
    deleteNotifications: db.prepare(
      `DELETE FROM notification WHERE seq IN (SELECT seq FROM notification ORDER BY seq LIMIT +?) AND written <= ?`,
    ),
    bodiesBetween: db.prepare('SELECT seq, id, CAST(body AS BLOB) AS body FROM event WHERE seq BETWEEN ? AND ?'),
    countBetween: db.prepare('SELECT count(*) AS count FROM (SELECT 1 FROM event WHERE seq BETWEEN ? AND ? LIMIT +?)'),
  };
}

function arrays(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true);
  return statement;
}

function repeat(values: string, rows: number): string {
  return Array<string>(rows).fill(values).join(', ');
}
