import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../core/json.ts';
import type { RuleChanges } from '../core/rule-state.ts';
import type { Codec, Place } from './codec.ts';
import { int } from './row.ts';

/*
 * What rules remember is a table of small rows, and a batch changes as many of them as it has events, all over the table. Written in place,
 * each would dirty a page. So a batch appends its changes to a log, as one row, and upkeep folds the log into the table from time to time,
 * where most of what was changed has been changed again by then.
 */

/** In `meta`: the last row of the log that was folded. */
export const lastFolded = 'rule_log_folded';

/** What the log makes of a row of the table: `whole` is undefined when it only adds to what is there. */
export interface Folded {
  readonly whole: Json | undefined;
  readonly added: Json[];
}

/** Folding under way: what the log up to `last` makes of each row, in the order of the table. */
export interface Fold {
  readonly last: number;
  readonly rows: readonly (readonly [name: string, folded: Folded])[];
  done: number;
}

export interface RuleLog {
  bytes: number;
  /** The number of its next row; none comes twice. */
  next: number;
  fold: Fold | undefined;
}

export function openRuleLog(db: DatabaseSync): RuleLog {
  const row = db
    .prepare(
      `SELECT coalesce(sum(length(changes)), 0) AS bytes,
        max(coalesce(max(seq), 0), coalesce((SELECT value FROM meta WHERE key = '${lastFolded}'), 0)) + 1 AS next FROM rule_log`,
    )
    .get();
  return row === undefined
    ? { bytes: 0, next: 1, fold: undefined }
    : { bytes: int(row, 'bytes'), next: int(row, 'next'), fold: undefined };
}

/** Where the row of the log with this number belongs. */
export function placeOf(seq: number): Place {
  return ['rule_log', seq, ''];
}

/** What a batch changed, as the next row of the log keeps it; undefined when it changed nothing. */
export function encodeChanges(
  codec: Codec,
  log: RuleLog,
  changes: RuleChanges | undefined,
): string | Uint8Array | undefined {
  return changes === undefined || changes.length === 0
    ? undefined
    : codec.sealText(placeOf(log.next), JSON.stringify(changes));
}

/** The row with these changes is in the log. */
export function logged(log: RuleLog, changes: string | Uint8Array): void {
  log.bytes += changes.length;
  log.next += 1;
}
