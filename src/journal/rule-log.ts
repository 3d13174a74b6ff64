import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../core/json.ts';
import { CorruptError } from './failure.ts';
import { int, json, text, type Row } from './row.ts';
import { transactLazily, type Store } from './store.ts';

/*
 * What rules remember is a table of small rows, and a batch changes as many of them as it has events, all over the table. Written in place,
 * each would dirty a page. So a batch appends its changes to a log, as one row, and upkeep folds the log into the table from time to time,
 * where most of what was changed has been changed again by then.
 */

/** The log is folded when it has more than this; less than a sixteenth of the journal in any case. */
const logBytesMax = 16 * 1024 * 1024;
/** One piece of folding: well within 20 ms. */
const rowsAtOnce = 1000;

/** A row's name and its value; `null` forgets it. */
type Change = readonly [name: string, value: string | null];

/** Folding under way: the newest value of each row of the log up to `last`, in the order of the table. */
interface Fold {
  readonly last: number;
  readonly changes: readonly Change[];
  done: number;
}

export interface RuleLog {
  bytes: number;
  fold: Fold | undefined;
}

export function openRuleLog(db: DatabaseSync): RuleLog {
  const row = db.prepare('SELECT coalesce(sum(length(changes)), 0) AS bytes FROM rule_log').get();
  return { bytes: row === undefined ? 0 : int(row, 'bytes'), fold: undefined };
}

/** What a batch changed, as the log keeps it; undefined when it changed nothing. */
export function encodeChanges(changes: ReadonlyMap<string, string | null> | undefined): string | undefined {
  return changes === undefined || changes.size === 0 ? undefined : JSON.stringify([...changes]);
}

/** All rows: the table with the log applied to it. */
export function readRuleState(db: DatabaseSync): ReadonlyMap<string, string> {
  const rows = new Map(
    db
      .prepare('SELECT rule, state FROM rule_state')
      .all()
      .map((row) => [text(row, 'rule'), text(row, 'state')] as const),
  );
  for (const row of db.prepare('SELECT changes FROM rule_log ORDER BY seq').iterate()) {
    for (const [name, value] of changesIn(row)) {
      if (value === null) rows.delete(name);
      else rows.set(name, value);
    }
  }
  return rows;
}

/** One piece of folding; true while there is more. The log wins over the table until it is gone, so pieces need not be one transaction. */
export function foldRuleLog(store: Store): boolean {
  const { ruleLog, sql, options } = store;
  if (ruleLog.fold === undefined && ruleLog.bytes <= Math.min(logBytesMax, options.maxBytes / 16)) return false;
  const fold = (ruleLog.fold ??= startFold(store));
  const end = Math.min(fold.changes.length, fold.done + rowsAtOnce);
  transactLazily(store, () => {
    for (const [name, value] of fold.changes.slice(fold.done, end)) {
      if (value === null) sql.dropRuleState.run(name);
      else sql.putRuleState.run(name, value);
    }
    if (end === fold.changes.length) sql.dropRuleLog.run(fold.last);
  });
  fold.done = end;
  if (end === fold.changes.length) store.ruleLog = openRuleLog(store.db);
  return true;
}

function startFold({ db }: Store): Fold {
  const newest = new Map<string, string | null>();
  let last = 0;
  for (const row of db.prepare('SELECT seq, changes FROM rule_log ORDER BY seq').iterate()) {
    last = int(row, 'seq');
    for (const [name, value] of changesIn(row)) newest.set(name, value);
  }
  return { last, changes: [...newest].sort(([a], [b]) => (a < b ? -1 : 1)), done: 0 };
}

function changesIn(row: Row): readonly Change[] {
  const list = json(row, 'changes');
  if (!Array.isArray(list)) throw new CorruptError('column changes holds no list');
  return list.map((item: Json) => {
    const [name, value] = Array.isArray(item) ? item : [];
    if (typeof name !== 'string' || !(value === null || typeof value === 'string')) {
      throw new CorruptError('column changes holds no change');
    }
    return [name, value];
  });
}
