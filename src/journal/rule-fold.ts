import type { DatabaseSync } from 'node:sqlite';
import type { RuleState } from '../core/rule-state.ts';
import type { Codec } from './codec.ts';
import { lastFolded, openRuleLog, type Fold, type Folded } from './rule-log.ts';
import { changesIn, dropState, findState, putState, ruleStateOf, stateIn } from './rule-rows.ts';
import { transactLazily, type Store } from './store.ts';

/** The log is folded when it has more than this; less than a sixteenth of the journal in any case. */
const logBytesMax = 16 * 1024 * 1024;
/** One piece of folding: well within 20 ms. */
const rowsAtOnce = 1000;

const table = 'SELECT rule, state, folded FROM rule_state';
const wholeLog = 'SELECT seq, changes FROM rule_log ORDER BY seq';

/** What rules remember: the table with the log applied to it. */
export function readRuleState(db: DatabaseSync, codec: Codec): RuleState {
  return ruleStateOf(codec, db.prepare(table).iterate(), db.prepare(wholeLog).iterate());
}

/** One piece of folding; true while there is more. The log stays until all of it is folded. */
export function foldRuleLog(store: Store): boolean {
  const { ruleLog, sql, options } = store;
  if (ruleLog.fold === undefined && ruleLog.bytes <= Math.min(logBytesMax, options.maxBytes / 16)) return false;
  const fold = (ruleLog.fold ??= startFold(store));
  const end = Math.min(fold.rows.length, fold.done + rowsAtOnce);
  transactLazily(store, () => {
    for (const [name, row] of fold.rows.slice(fold.done, end)) foldRow(store, name, row, fold.last);
    if (end < fold.rows.length) return;
    sql.dropRuleLog.run(fold.last);
    sql.putMeta.run(lastFolded, fold.last);
  });
  fold.done = end;
  if (end === fold.rows.length) store.ruleLog = openRuleLog(store.db);
  return true;
}

function startFold({ db, codec, ruleLog }: Store): Fold {
  // Folding that was interrupted has left rows that know a part of the log.
  const ahead = db.prepare(`${table} WHERE folded >= (SELECT min(seq) FROM rule_log)`).all();
  const folded = new Map(ahead.map((row) => stateIn(codec, row)).map((state) => [state.name, state.folded]));
  const rows = new Map<string, Folded>();
  for (const row of db.prepare(wholeLog).iterate()) {
    for (const { name, value, added } of changesIn(codec, row, folded)) {
      const known = rows.get(name);
      if (!added) rows.set(name, { whole: value, added: [] });
      else if (known === undefined) rows.set(name, { whole: undefined, added: [value] });
      else known.added.push(value);
    }
  }
  return { last: ruleLog.next - 1, rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)), done: 0 };
}

function foldRow(store: Store, name: string, { whole, added }: Folded, folded: number): void {
  const before = whole === undefined ? findState(store, name)?.remembered : ([whole] as const);
  if (whole === null) dropState(store, name);
  // What is added to nothing was forgotten.
  else if (before !== undefined) putState(store, { name, remembered: [...before, ...added], folded });
}
