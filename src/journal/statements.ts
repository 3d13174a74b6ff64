import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deliveriesPerEvent as per } from './schema.ts';

/** Rows of one multi-row INSERT: most of the cost of a small statement is the way into SQLite and back. */
export const rowsPerInsert = 16;
/** Deliveries of one UPDATE whose numbers are parameters: as a list in JSON, each takes a microsecond more. */
export const rowsPerUpdate = 128;

const pendingOf = `EXISTS (SELECT 1 FROM delivery d
  WHERE d.seq >= e.seq * ${per} AND d.seq < (e.seq + 1) * ${per} AND d.state = 0)`;
const deadOf = pendingOf.replace('d.state = 0', 'd.state = 2');
const seqs = '(SELECT value FROM json_each(?))';
const seqsByNumber = `(${repeat('?', rowsPerUpdate)})`;
/** Later than any time, ms. */
const never = Number.MAX_SAFE_INTEGER;

// `LIMIT +?` and not `LIMIT ?`: SQLite (3.53) looks at a bare parameter there when it plans, and so prepares the statement anew for
// every execution, which takes six times as long as to run it.

/** All statements of the journal's owner. */
export type SqlStatements = { readonly [name in keyof typeof texts]: StatementSync };

/** Each is prepared when it is first used: a start needs few of them, and to prepare all would be a third of what it costs. */
export function prepareStatements(db: DatabaseSync): SqlStatements {
  const statements: SqlStatements = Object.create(unprepared, { db: { value: db } });
  return statements;
}

/** What is read so often that rows are arrays. */
const returnArrays: ReadonlySet<string> = new Set<keyof typeof texts>(['pending', 'body']);

const append = {
  insertEvent: eventsOf(1),
  insertEvents: eventsOf(rowsPerInsert),
  eventsBetween: 'SELECT seq FROM event WHERE seq BETWEEN ? AND ?',
  insertDelivery: deliveriesOf(1),
  insertDeliveries: deliveriesOf(rowsPerInsert),
  addMade: 'UPDATE destination SET made = made + ? WHERE id = ?',
  addLines: `INSERT INTO line_count VALUES (?, ?, ?) ON CONFLICT (source, family) DO UPDATE SET count = count + excluded.count`,
  putCheckpoint: 'INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)',
  dropCheckpoint: 'DELETE FROM checkpoint WHERE source = ? AND key = ?',
  checkpoints: 'SELECT key, value FROM checkpoint WHERE source = ?',
  ruleState: 'SELECT rule, state, folded FROM rule_state WHERE rule = ?',
  putRuleState: 'INSERT OR REPLACE INTO rule_state VALUES (?, ?, ?)',
  dropRuleState: 'DELETE FROM rule_state WHERE rule = ?',
  putRuleLog: 'INSERT INTO rule_log VALUES (?, ?)',
  dropRuleLog: 'DELETE FROM rule_log WHERE seq <= ?',
  hasEvent: 'SELECT 1 FROM event WHERE at = ? AND id = ?',
  putNotification: `INSERT INTO notification (key, event_id, at, written, rule, severity, title, summary) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO NOTHING`,
  findDestination: 'SELECT id FROM destination WHERE name = ?',
  addDestination: 'INSERT INTO destination (name) VALUES (?) RETURNING id',
  findRule: 'SELECT id FROM rule WHERE name = ?',
  addRule: 'INSERT INTO rule (name) VALUES (?) RETURNING id',
  ruleName: 'SELECT name FROM rule WHERE id = ?',
};

// A delivery that was put off later than now was put off by a clock that has been set back since: nobody knows how long it
// has waited, and it must not wait until the clock is there again.
const due = 'CASE WHEN updated > ?1 THEN 0 ELSE due_at END';

const delivering = 'state = 1, attempts = attempts + 1, updated = ?';

const queue = {
  pending: `SELECT seq, rule, severity, attempts, ${due} FROM delivery INDEXED BY delivery_pending
         WHERE destination = ?2 AND state = 0 AND seq > ?4 AND seq < ?5 ORDER BY seq LIMIT +?3`,
  body: 'SELECT CAST(body AS BLOB) FROM event WHERE seq = ?',
  bodies: `SELECT CAST(group_concat(body, '') FILTER (WHERE octet_length(body) <= ?) AS BLOB) AS bodies,
    json_group_array(json_array(seq, octet_length(body), at, written, lower(hex(id)))) AS heads FROM event WHERE seq IN ${seqs}`,
  nextDue: `SELECT ${due} AS due_at FROM delivery INDEXED BY delivery_pending
       WHERE destination = ?2 AND state = 0 ORDER BY seq LIMIT 1`,
  delivered: settling(delivering, seqs),
  deliveredByNumber: settling(delivering, seqsByNumber),
  dead: settling('state = 2, attempts = attempts + ?, updated = ?, reason = ?, detail = ?', seqs),
  retry: settling('attempts = attempts + 1, updated = ?, due_at = ?, reason = ?, detail = ?', seqs),
  addSettled: 'UPDATE destination SET delivered = delivered + ?, dead = dead + ? WHERE id = ?',
};

const upkeep = {
  pageCount: 'PRAGMA page_count',
  freePages: 'PRAGMA freelist_count',
  meta: 'SELECT value FROM meta WHERE key = ?',
  putMeta: 'INSERT OR REPLACE INTO meta VALUES (?, ?)',
  ageing: `SELECT seq, written, ${pendingOf} AS pending, ${deadOf} AS dead FROM event e WHERE seq >= ? ORDER BY seq LIMIT +?`,
  oldestWritten: `SELECT min(
    coalesce((SELECT written FROM event WHERE seq >= ? ORDER BY seq LIMIT 1), ${never}),
    coalesce((SELECT coalesce((SELECT written FROM event WHERE seq = d.seq / ${per}), 0) FROM delivery d INDEXED BY delivery_dead
       WHERE state = 2 AND seq >= ? * ${per} ORDER BY seq LIMIT 1), ${never}),
    coalesce((SELECT written FROM notification ORDER BY seq LIMIT 1), ${never})) AS written`,
  deadFrom: `SELECT seq / ${per} AS seq FROM delivery INDEXED BY delivery_dead WHERE state = 2 AND seq >= ? * ${per}
       ORDER BY delivery.seq LIMIT +?`,
  ageingOne: `SELECT seq, written, ${pendingOf} AS pending, ${deadOf} AS dead FROM event e WHERE seq = ?`,
  deleteEvents: 'DELETE FROM event WHERE seq BETWEEN ? AND ?',
  deleteDeliveries: `DELETE FROM delivery WHERE seq >= ? AND seq < ?`,
  oldest: 'SELECT seq FROM event ORDER BY seq LIMIT +?',
  pendingBetween: `SELECT destination, count(*) AS count FROM delivery NOT INDEXED
       WHERE seq >= ? AND seq < ? AND state = 0 GROUP BY destination`,
  addShed: 'UPDATE destination SET shed = shed + ? WHERE id = ? RETURNING name',
  deleteNotifications: `DELETE FROM notification WHERE seq IN (SELECT seq FROM notification ORDER BY seq LIMIT +?) AND written <= ?`,
  bodiesBetween: 'SELECT seq, id, CAST(body AS BLOB) AS body FROM event WHERE seq BETWEEN ? AND ?',
  countBetween: 'SELECT count(*) AS count FROM (SELECT 1 FROM event WHERE seq BETWEEN ? AND ? LIMIT +?)',
};

const texts = { ...append, ...queue, ...upkeep } as const;

/** The first look at a statement puts it where the next one finds it. */
const unprepared: object = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const get = function (this: { readonly db: DatabaseSync }): StatementSync {
        const value = this.db.prepare(text);
        value.setReturnArrays(returnArrays.has(name));
        Object.defineProperty(this, name, { value });
        return value;
      };
      return [name, { get }];
    }),
  ),
);

function eventsOf(rows: number): string {
  return `INSERT INTO event (seq, at, id, written, body) VALUES ${repeat('(?, ?, ?, ?, ?)', rows)} ON CONFLICT (at, id) DO NOTHING`;
}

function deliveriesOf(rows: number): string {
  return `INSERT INTO delivery (seq, destination, rule, severity, state, attempts, due_at, updated)
    VALUES ${repeat('(?, ?, ?, ?, 0, 0, 0, ?)', rows)}`;
}

// The unary plus keeps the rows looked up by seq; by the index the whole queue would be walked.
function settling(set: string, which: string): string {
  return `UPDATE delivery SET ${set} WHERE seq IN ${which} AND +destination = ? AND +state = 0`;
}

function repeat(values: string, rows: number): string {
  return Array<string>(rows).fill(values).join(', ');
}
