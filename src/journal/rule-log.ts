import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../core/json.ts';
import type { RuleChanges, RuleState } from '../core/rule-state.ts';
import { formOf, plain, type Codec, type Place } from './codec.ts';
import { CorruptError } from './failure.ts';
import { int, json, parsed, text, type Row } from './row.ts';
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
export type Change = readonly [name: string, value: Json];

/** Folding under way: the newest value of each row of the log up to `last`, in the order of the table. */
interface Fold {
  readonly last: number;
  readonly changes: readonly Change[];
  done: number;
}

export interface RuleLog {
  bytes: number;
  /** The number of its next row. */
  next: number;
  fold: Fold | undefined;
}

export function openRuleLog(db: DatabaseSync): RuleLog {
  const row = db
    .prepare('SELECT coalesce(sum(length(changes)), 0) AS bytes, coalesce(max(seq), 0) + 1 AS next FROM rule_log')
    .get();
  return row === undefined
    ? { bytes: 0, next: 1, fold: undefined }
    : { bytes: int(row, 'bytes'), next: int(row, 'next'), fold: undefined };
}

/** What a batch changed, as the next row of the log keeps it; undefined when it changed nothing. */
export function encodeChanges(
  { codec, ruleLog }: Store,
  changes: RuleChanges | undefined,
): string | Uint8Array | undefined {
  return changes === undefined || changes.length === 0
    ? undefined
    : codec.sealText(placeOf(ruleLog.next), JSON.stringify(changes));
}

/** A row of the log in the form of now. */
export function reencodeLog(codec: Codec, row: Row): string | Uint8Array {
  const place = placeOf(int(row, 'seq'));
  return codec.sealText(place, codec.openText(place, row['changes'] ?? null));
}

/** The row with these changes is in the log. */
export function logged(log: RuleLog, changes: string | Uint8Array): void {
  log.bytes += changes.length;
  log.next += 1;
}

/** All rows: the table with the log applied to it. */
export function readRuleState(db: DatabaseSync, codec: Codec): RuleState {
  const rows = new Map<string, Json>();
  for (const row of db.prepare('SELECT rule, state FROM rule_state').all()) {
    const [name, value] = stateIn(codec, row);
    if (value !== null) rows.set(name, value);
  }
  for (const row of db.prepare('SELECT seq, changes FROM rule_log ORDER BY seq').iterate()) {
    for (const [name, value] of changesIn(codec, row)) {
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
    for (const change of fold.changes.slice(fold.done, end)) putState(store, change);
    if (end === fold.changes.length) sql.dropRuleLog.run(fold.last);
  });
  fold.done = end;
  if (end === fold.changes.length) store.ruleLog = openRuleLog(store.db);
  return true;
}

function startFold({ db, codec }: Store): Fold {
  const newest = new Map<string, Json>();
  let last = 0;
  for (const row of db.prepare('SELECT seq, changes FROM rule_log ORDER BY seq').iterate()) {
    last = int(row, 'seq');
    for (const [name, value] of changesIn(codec, row)) newest.set(name, value);
  }
  return { last, changes: [...newest].sort(([a], [b]) => (a < b ? -1 : 1)), done: 0 };
}

/** Writes a row of the table in the form of now; the same row in another form goes. */
export function putState({ sql, codec }: Store, [name, value]: Change): void {
  const [key, ...others] = codec.tokens(name);
  if (value === null) sql.dropRuleState.run(key);
  else if (codec.form === plain) sql.putRuleState.run(key, JSON.stringify(value));
  else sql.putRuleState.run(key, codec.sealText(['rule_state', 0, key], JSON.stringify([name, JSON.stringify(value)])));
  for (const other of others) sql.dropRuleState.run(other);
}

/** A row of the table. One that is encrypted has a token for its key, and its name inside. */
export function stateIn(codec: Codec, row: Row): Change {
  const key = text(row, 'rule');
  if (formOf(row['state'] ?? null) === plain) return [key, json(row, 'state')];
  return changeIn(parsed(codec.openText(['rule_state', 0, key], row['state'] ?? null), 'state'));
}

/** A row of the log. */
export function changesIn(codec: Codec, row: Row): readonly Change[] {
  const list = parsed(codec.openText(placeOf(int(row, 'seq')), row['changes'] ?? null), 'changes');
  if (!Array.isArray(list)) throw new CorruptError('column changes holds no list');
  return list.flatMap(changesOf);
}

/** An item of the log: a beginning of names with the changes below it. Up to version 3 each item was one change. */
function changesOf(item: Json): readonly Change[] {
  const [prefix, below] = Array.isArray(item) ? item : [];
  if (typeof prefix !== 'string' || !Array.isArray(below)) return [changeIn(item)];
  return below.map((change: Json) => {
    const [rest, value] = Array.isArray(change) ? change : [];
    if (typeof rest !== 'string' || value === undefined) throw noChange();
    return [prefix + rest, value];
  });
}

/** A name with its value as JSON in a text. */
function changeIn(item: Json): Change {
  const [name, value] = Array.isArray(item) ? item : [];
  if (typeof name !== 'string' || !(value === null || typeof value === 'string')) throw noChange();
  return [name, value === null ? null : parsed(value, 'changes')];
}

function noChange(): CorruptError {
  return new CorruptError('column changes holds no change');
}

function placeOf(seq: number): Place {
  return ['rule_log', seq, ''];
}
