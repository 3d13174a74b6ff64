import { DatabaseSync } from 'node:sqlite';
import { CorruptError, isCorrupt, sqliteCode } from './failure.ts';
import { putAside, type JournalFiles } from './files.ts';
import type { Recovery } from './journal.ts';
import { text, type Row } from './row.ts';
import { putState, ruleStateOf } from './rule-rows.ts';
import { transact, type Store } from './store.ts';

/** Tables worth saving from a corrupt file: small, and what keeps sources and accounts going. */
const saved = {
  checkpoint: 'INSERT OR REPLACE INTO checkpoint VALUES ($source, $key, $value)',
  line_count: 'INSERT OR REPLACE INTO line_count VALUES ($source, $family, $count)',
  // What was pending is lost with the file, and the account says so.
  destination: `INSERT OR REPLACE INTO destination (name, made, delivered, dead, shed)
    VALUES ($name, $made, $delivered, $dead, $made - $delivered - $dead)`,
} as const;

/** Puts the corrupt database aside, begins a new one through `reopen` and copies what can be read. The old one must be closed. */
export function recover(
  files: JournalFiles,
  nowMs: number,
  reopen: () => Store,
): { readonly store: Store; readonly recovery: Recovery } {
  const asideAs = putAside(files, nowMs);
  const store = reopen();
  const rows = readRows(asideAs);
  transact(store, () => {
    for (const [table, insert] of Object.entries(saved)) {
      const statement = store.db.prepare(insert);
      statement.setAllowUnknownNamedParameters(true);
      for (const row of rows.get(table) ?? []) statement.run(row);
    }
    const table = rows.get('rule_state') ?? [];
    const state = ruleStateOf(store.codec, table, rows.get('rule_log') ?? [], readable);
    for (const [name, remembered] of state) putState(store, { name, remembered, folded: 0 });
  });
  return { store, recovery: { asideAs, checkpoints: rows.get('checkpoint')?.length ?? 0 } };
}

/** What can be read of what rules remember is worth more than nothing. */
function readable<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof CorruptError) return [];
    throw error;
  }
}

function readRows(path: string): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, readonly Row[]>();
  try {
    const db = new DatabaseSync(path, { defensive: false });
    // Lets SQLite read a file that is shorter than its header says.
    db.exec('PRAGMA writable_schema = ON; PRAGMA query_only = ON');
    for (const table of [...Object.keys(saved), 'rule_state', 'rule_log']) found.set(table, readTable(db, table));
    db.close();
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
  }
  return found;
}

/** The rows of one table up to the first that cannot be read. */
function readTable(db: DatabaseSync, table: string): readonly Row[] {
  const rows: Row[] = [];
  try {
    for (const row of db.prepare(`SELECT * FROM ${table}`).iterate()) rows.push(row);
  } catch (error) {
    if (sqliteCode(error) === undefined && !isCorrupt(error)) throw error;
  }
  return rows.filter((row) => table !== 'checkpoint' || isJson(text(row, 'value')));
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
