import type { SQLInputValue } from 'node:sqlite';
import { formOf } from './codec.ts';
import { bodyOf } from './contents.ts';
import { hex, int, text, type Row } from './row.ts';
import { putState, reencodeLog, stateIn } from './rule-rows.ts';
import { transactLazily, type Store } from './store.ts';

/** A table with records, and how a row of it gets the form of now. */
interface Table {
  /** Rows after one, in order: the first column says which, one of the others is the record. */
  readonly select: string;
  readonly record: string;
  readonly rowsAtOnce: number;
  readonly rewrite: (store: Store, row: Row) => void;
}

/** New rows have the form of now, so that each table is walked once however much is written meanwhile. */
export const tables: readonly Table[] = [
  {
    select: 'SELECT seq, id, CAST(body AS BLOB) AS body FROM event WHERE seq > ? ORDER BY seq',
    record: 'body',
    rowsAtOnce: 256,
    rewrite({ codec, db }, row) {
      const [seq, id] = [int(row, 'seq'), hex(row, 'id')];
      const body = codec.seal(['event', seq, id], bodyOf(codec, row));
      db.prepare('UPDATE event SET body = ? WHERE seq = ?').run(body, seq);
    },
  },
  {
    select: 'SELECT seq, destination, detail FROM delivery WHERE seq > ? ORDER BY seq',
    record: 'detail',
    rowsAtOnce: 2048,
    rewrite({ codec, db }, row) {
      const place = ['detail', int(row, 'destination'), ''] as const;
      const detail = codec.sealText(place, codec.openText(place, row['detail'] ?? null));
      db.prepare('UPDATE delivery SET detail = ? WHERE seq = ?').run(detail, int(row, 'seq'));
    },
  },
  {
    select: 'SELECT seq, key, title, summary FROM notification WHERE seq > ? ORDER BY seq',
    record: 'title',
    rowsAtOnce: 256,
    rewrite({ codec, db }, row) {
      const texts = (['title', 'summary'] as const).map((kind) => {
        const place = [kind, 0, text(row, 'key')] as const;
        return codec.sealText(place, codec.openText(place, row[kind] ?? null));
      });
      db.prepare('UPDATE notification SET title = ?, summary = ? WHERE seq = ?').run(...texts, int(row, 'seq'));
    },
  },
  {
    select: 'SELECT rule, state, folded FROM rule_state WHERE rule > ? ORDER BY rule',
    record: 'state',
    rowsAtOnce: 512,
    rewrite: (store, row) => putState(store, stateIn(store.codec, row)),
  },
  {
    select: 'SELECT seq, changes FROM rule_log WHERE seq > ? ORDER BY seq',
    record: 'changes',
    rowsAtOnce: 16,
    rewrite({ codec, db }, row) {
      db.prepare('UPDATE rule_log SET changes = ? WHERE seq = ?').run(reencodeLog(codec, row), int(row, 'seq'));
    },
  },
];

/** Enough for 20 ms, of records that are rewritten. */
const bytesAtOnce = 128 * 1024;

/** Brings the next rows to the form of now. Where it is to go on, undefined at the table's end, and how many were rewritten. */
export function resealRows(
  store: Store,
  { select, record, rowsAtOnce, rewrite }: Table,
  after: SQLInputValue,
): { readonly next: SQLInputValue | undefined; readonly rewritten: number } {
  const old: Row[] = [];
  let [seen, bytes, next] = [0, 0, after];
  for (const row of store.db.prepare(`${select} LIMIT ${rowsAtOnce}`).iterate(after)) {
    seen += 1;
    next = Object.values(row)[0] ?? null;
    const stored = row[record] ?? null;
    if (stored === null || formOf(stored) === store.codec.form) continue;
    old.push(row);
    bytes += stored instanceof Uint8Array || typeof stored === 'string' ? stored.length : 0;
    if (bytes >= bytesAtOnce) break;
  }
  if (old.length > 0) {
    transactLazily(store, () => {
      for (const row of old) rewrite(store, row);
    });
  }
  return { next: seen < rowsAtOnce && bytes < bytesAtOnce ? undefined : next, rewritten: old.length };
}
