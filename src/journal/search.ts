import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { SafeEvent } from '../core/event.ts';
import type { EventQuery, StoredEvent } from './journal.ts';
import { int, text, type Row } from './row.ts';
import { blockOf, blockTables } from './word-index.ts';
import { matches, termsOf, type Terms } from './words.ts';

const limitMax = 10_000;

/** A range of event numbers, both ends included. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Answers a query from the word index where there is one, and by reading the events where there is none. */
export function search(
  db: DatabaseSync,
  restore: (json: string) => SafeEvent,
  query: EventQuery,
): readonly StoredEvent[] {
  const limit = Math.min(query.limit, limitMax);
  if (limit < 1) return [];
  const terms = termsOf(query);
  const found: StoredEvent[] = [];
  for (const row of candidates(db, query, terms)) {
    const event = restore(text(row, 'body'));
    if (!matches(event, query, terms)) continue;
    found.push({ seq: int(row, 'seq'), event });
    if (found.length >= limit) break;
  }
  return found;
}

/** Numbers of the events whose id begins so, at most `limit`. */
export function seqsOfId(db: DatabaseSync, id: string, limit: number): readonly number[] {
  const digits = id.toLowerCase();
  if (!/^[0-9a-f]{1,32}$/.test(digits)) return [];
  // The index begins with the time: it is walked whole, which takes some 10 ms for the 200,000 events of a full journal.
  const rows = db
    .prepare('SELECT seq FROM event INDEXED BY event_id WHERE id BETWEEN ? AND ? ORDER BY seq LIMIT ?')
    .all(Buffer.from(digits.padEnd(32, '0'), 'hex'), Buffer.from(digits.padEnd(32, 'f'), 'hex'), limit);
  return rows.map((row) => int(row, 'seq'));
}

/** Rows that may be what is asked for, in order. */
function* candidates(db: DatabaseSync, query: EventQuery, terms: Terms): Generator<Row> {
  const isNewest = query.order === 'newest';
  if (query.id !== undefined) {
    const seqs = seqsOfId(db, query.id, limitMax).filter(
      (seq) => seq > (query.afterSeq ?? 0) && seq < (query.beforeSeq ?? Infinity),
    );
    const select = db.prepare('SELECT seq, CAST(body AS TEXT) AS body FROM event WHERE seq = ?');
    for (const seq of isNewest ? seqs.toReversed() : seqs) yield* select.iterate(seq);
    return;
  }
  const range = rangeOf(db, query);
  if (range === undefined) return;
  if (terms.words.length + terms.exact.length === 0) {
    yield* scan(db, range, query, terms);
    return;
  }
  const tables = blockTables(db);
  const indexed = int(db.prepare(`SELECT value FROM meta WHERE key = 'indexed'`).get() ?? {}, 'value');
  for (const part of parts(range, indexed, isNewest)) {
    const { table } = blockOf(part.from);
    if (part.to <= indexed && tables.has(table)) yield* lookUp(db, table, part, isNewest, terms);
    else yield* scan(db, part, query, terms);
  }
}

/** The range of numbers that the query's own limits and its times leave. */
function rangeOf(db: DatabaseSync, query: EventQuery): Range | undefined {
  const { sinceMs, untilMs } = query;
  const isTimed = sinceMs !== undefined || untilMs !== undefined;
  // By the index alone; the rows themselves are not read.
  const row = isTimed
    ? db
        .prepare('SELECT min(seq) AS first, max(seq) AS last FROM event INDEXED BY event_id WHERE at BETWEEN ? AND ?')
        .get(sinceMs ?? Number.MIN_SAFE_INTEGER, untilMs ?? Number.MAX_SAFE_INTEGER)
    : db.prepare('SELECT (SELECT min(seq) FROM event) AS first, (SELECT max(seq) FROM event) AS last').get();
  if (row === undefined || row['first'] === null) return undefined;
  const from = Math.max(int(row, 'first'), (query.afterSeq ?? 0) + 1);
  const to = Math.min(int(row, 'last'), (query.beforeSeq ?? Infinity) - 1);
  return from <= to ? { from, to } : undefined;
}

/** Cuts a range where blocks of the index, and the index itself, end. */
function parts(range: Range, indexed: number, isNewest: boolean): readonly Range[] {
  const found: Range[] = [];
  for (let from = range.from; from <= range.to;) {
    const end = Math.min(blockOf(from).to, range.to);
    const to = from <= indexed ? Math.min(end, indexed) : range.to;
    found.push({ from, to });
    from = to + 1;
  }
  return isNewest ? found.toReversed() : found;
}

function lookUp(db: DatabaseSync, table: string, { from, to }: Range, isNewest: boolean, terms: Terms): Iterable<Row> {
  const match = [...terms.exact.map((word) => `"${word}"`), ...terms.words.map((word) => `"${word}"*`)].join(' AND ');
  return db
    .prepare(
      `SELECT e.seq, CAST(e.body AS TEXT) AS body FROM ${table} CROSS JOIN event e ON e.seq = ${table}.rowid
       WHERE ${table} MATCH ? AND ${table}.rowid BETWEEN ? AND ? ORDER BY ${table}.rowid ${isNewest ? 'DESC' : 'ASC'}`,
    )
    .iterate(match, from, to);
}

/** Reads the events themselves; SQLite drops most of what cannot match before it becomes a string here. */
function scan(db: DatabaseSync, { from, to }: Range, query: EventQuery, terms: Terms): Iterable<Row> {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  for (const value of [query.action, query.user, query.clientIp]) {
    if (value === undefined) continue;
    conditions.push('AND instr(CAST(body AS TEXT), ?) > 0');
    values.push(JSON.stringify(value));
  }
  for (const word of terms.words) {
    // LIKE folds the case of ASCII only.
    if (!/^[a-z0-9]+$/.test(word)) continue;
    conditions.push('AND CAST(body AS TEXT) LIKE ?');
    values.push(`%${word}%`);
  }
  const order = query.order === 'newest' ? 'DESC' : 'ASC';
  return db
    .prepare(
      `SELECT seq, CAST(body AS TEXT) AS body FROM event WHERE seq BETWEEN ? AND ? ${conditions.join(' ')} ORDER BY seq ${order}`,
    )
    .iterate(from, to, ...values);
}
