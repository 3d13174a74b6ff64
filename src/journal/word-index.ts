import type { DatabaseSync } from 'node:sqlite';
import { plain } from './codec.ts';
import { bodyOf } from './contents.ts';
import { int, text } from './row.ts';
import { readMeta, transactLazily, type Store } from './store.ts';
import { exactOf, wordsOf } from './words.ts';

/**
 * The full-text index comes in blocks, one FTS5 table per 16,384 event numbers: a block is filled once in 128 pieces, never merged,
 * never deleted from, and dropped as a whole in a millisecond. One large table was measured to block for seconds in deletes.
 * Rows of pruned events stay in their block until it goes; finding them leads nowhere.
 */
const blockEvents = 16_384;
/** Pieces always end at a multiple of this; what is newer than the last whole piece is searched without an index. */
const pieceEvents = 128;
/** A block with fewer events left is not worth its index; they are searched without. */
const blockEventsMin = 1024;

export interface Block {
  readonly table: string;
  /** First and last event number. */
  readonly from: number;
  readonly to: number;
}

export function blockOf(seq: number): Block {
  const number = Math.floor((seq - 1) / blockEvents);
  return { table: `words_${number}`, from: number * blockEvents + 1, to: (number + 1) * blockEvents };
}

/** Names of the blocks that there are. */
export function blockTables(db: DatabaseSync): ReadonlySet<string> {
  const rows = db
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'words_*' AND sql LIKE 'CREATE VIRTUAL%'`,
    )
    .all();
  return new Set(rows.map((row) => text(row, 'name')));
}

/**
 * Indexes the next piece of events in a transaction of its own; false when there is no whole piece yet. An encrypted journal has no index:
 * which words events share would be on the disk.
 */
export function indexPiece(store: Store): boolean {
  if (store.codec.form !== plain) return false;
  const indexed = readMeta(store, 'indexed');
  const to = indexed + pieceEvents;
  if (to >= store.nextSeq) return false;
  transactLazily(store, () => {
    const rows = store.sql.bodiesBetween.all(indexed + 1, to);
    if (rows.length > 0) indexRows(store, blockOf(indexed + 1), rows);
    store.sql.putMeta.run('indexed', rows.length > 0 ? to : emptyUpTo(store, to));
  });
  return true;
}

function indexRows(store: Store, { table }: Block, rows: ReturnType<Store['sql']['bodiesBetween']['all']>): void {
  const { db } = store;
  if (!blockTables(db).has(table)) {
    db.exec(
      `CREATE VIRTUAL TABLE ${table} USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii');
       INSERT INTO ${table}(${table}, rank) VALUES ('automerge', 0);
       INSERT INTO ${table}(${table}, rank) VALUES ('crisismerge', ${(2 * blockEvents) / pieceEvents});`,
    );
  }
  const insert = db.prepare(`INSERT INTO ${table}(rowid, words) VALUES (?, ?)`);
  for (const row of rows) {
    const event = store.restore(bodyOf(store.codec, row).toString());
    insert.run(int(row, 'seq'), `${exactOf(event).join(' ')} ${wordsOf(event)}`);
  }
}

/** The end of the last piece before the next event there is: pruned numbers are not walked piece by piece. */
function emptyUpTo(store: Store, to: number): number {
  const [row] = store.sql.ageing.all(to + 1, 1);
  const next = row === undefined ? store.nextSeq : int(row, 'seq');
  return Math.max(to, Math.floor((next - 1) / pieceEvents) * pieceEvents);
}

/**
 * Told which events were deleted, drops the finished blocks that lost most of theirs. Counting costs a millisecond, so a block is
 * looked at once in a while and when deleting moves on to another. Needs an open transaction.
 */
export function thinIndex(store: Store, seqs: readonly number[]): void {
  const { thinning } = store;
  for (const seq of seqs) {
    const { from } = blockOf(seq);
    const isOther = from !== thinning.from;
    if (isOther || thinning.deleted >= blockEventsMin) {
      dropIfThin(store, thinning.from);
      thinning.from = from;
      thinning.deleted = 0;
    }
    thinning.deleted += 1;
  }
}

function dropIfThin(store: Store, seq: number): void {
  const { table, from, to } = blockOf(seq);
  if (seq === 0 || to > readMeta(store, 'indexed')) return;
  const left = int(store.sql.countBetween.get(from, to, blockEventsMin) ?? {}, 'count');
  if (left < blockEventsMin) store.db.exec(`DROP TABLE IF EXISTS ${table}`);
}

/** Drops one block; false when there was none left, and the index begins anew. Needs an open transaction. */
export function dropBlock(store: Store): boolean {
  const [table] = blockTables(store.db);
  if (table === undefined) store.sql.putMeta.run('indexed', 0);
  else store.db.exec(`DROP TABLE ${table}`);
  return table !== undefined;
}

/** Drops the blocks that lie before the oldest event; {@link thinIndex} may have missed them when the process ended. */
export function dropOldBlocks(store: Store): void {
  const [row] = store.sql.oldest.all(1);
  const oldest = blockOf(row === undefined ? store.nextSeq : int(row, 'seq')).from;
  const tables = blockTables(store.db);
  for (const table of tables) {
    const number = Number(table.slice('words_'.length));
    if (number * blockEvents + 1 < oldest) store.db.exec(`DROP TABLE ${table}`);
  }
}
