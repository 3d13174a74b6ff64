import type { DatabaseSync } from 'node:sqlite';
import { bodyOf, type Contents } from './contents.ts';
import type { EventQuery, StoredEvent } from './journal.ts';
import { int, type Row } from './row.ts';
import { blockOf, blockTables } from './word-index.ts';
import { matches, termsOf, type Terms } from './words.ts';

const limitMax = 10_000;
const columns = 'e.seq, e.id, CAST(e.body AS BLOB) AS body';

/** A range of event numbers, both ends included. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Answers a query from the word index where there is one, and by reading the events where there is none. */
export function search({ db, codec, restore }: Contents, query: EventQuery): readonly StoredEvent[] {
  const limit = Math.min(query.limit, limitMax);
  if (limit < 1) return [];
  const terms = termsOf(query);
  const needles = needlesOf(query, terms);
  // What SQLite cannot read, it cannot sort out.
  const isReadable = codec.forms.size === 1;
  const found: StoredEvent[] = [];
  for (const row of candidates(db, query, terms, isReadable ? needles : nothing)) {
    const json = bodyOf(codec, row).toString();
    if (!isReadable && !mayMatch(json, needles)) continue;
    const event = restore(json);
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
function* candidates(db: DatabaseSync, query: EventQuery, terms: Terms, needles: Needles): Generator<Row> {
  const isNewest = query.order === 'newest';
  if (query.id !== undefined) {
    const seqs = seqsOfId(db, query.id, limitMax).filter(
      (seq) => seq > (query.afterSeq ?? 0) && seq < (query.beforeSeq ?? Infinity),
    );
    const select = db.prepare(`SELECT ${columns} FROM event e WHERE seq = ?`);
    for (const seq of isNewest ? seqs.toReversed() : seqs) yield* select.iterate(seq);
    return;
  }
  const range = rangeOf(db, query);
  if (range === undefined) return;
  if (terms.words.length + terms.exact.length === 0) {
    yield* scan(db, range, query.order, needles);
    return;
  }
  const tables = blockTables(db);
  const indexed = int(db.prepare(`SELECT value FROM meta WHERE key = 'indexed'`).get() ?? {}, 'value');
  for (const part of parts(range, indexed, isNewest)) {
    const { table } = blockOf(part.from);
    if (part.to <= indexed && tables.has(table)) yield* lookUp(db, table, part, isNewest, terms);
    else yield* scan(db, part, query.order, needles);
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
      `SELECT ${columns} FROM ${table} CROSS JOIN event e ON e.seq = ${table}.rowid
       WHERE ${table} MATCH ? AND ${table}.rowid BETWEEN ? AND ? ORDER BY ${table}.rowid ${isNewest ? 'DESC' : 'ASC'}`,
    )
    .iterate(match, from, to);
}

/** Reads the events themselves; SQLite drops most of what cannot match before it becomes a string here. */
function scan(db: DatabaseSync, { from, to }: Range, order: EventQuery['order'], needles: Needles): Iterable<Row> {
  const conditions = [
    ...needles.values.map(() => 'AND instr(CAST(body AS TEXT), ?) > 0'),
    // LIKE folds the case of ASCII only.
    ...needles.words.map(() => 'AND CAST(body AS TEXT) LIKE ?'),
  ];
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  return db
    .prepare(
      `SELECT ${columns} FROM event e WHERE seq BETWEEN ? AND ? ${conditions.join(' ')} ORDER BY seq ${direction}`,
    )
    .iterate(from, to, ...needles.values, ...needles.words.map((word) => `%${word}%`));
}

/** Texts that the JSON of an event must contain to be what is asked for; `words` in any case. */
interface Needles {
  readonly values: readonly string[];
  readonly words: readonly string[];
}

const nothing: Needles = { values: [], words: [] };

function needlesOf(query: EventQuery, terms: Terms): Needles {
  const values = [query.action, query.user, query.clientIp].filter((value) => value !== undefined);
  return {
    values: values.map((value) => JSON.stringify(value)),
    words: terms.words.filter((word) => /^[a-z0-9]+$/.test(word)),
  };
}

/** As the conditions of {@link scan}, for what SQLite cannot read: parsing costs more than looking. */
function mayMatch(json: string, { values, words }: Needles): boolean {
  if (!values.every((value) => json.includes(value))) return false;
  if (words.length === 0) return true;
  const folded = json.toLowerCase();
  return words.every((word) => folded.includes(word));
}
