import { int, type Row } from './row.ts';
import { deliveriesPerEvent } from './schema.ts';
import type { Store } from './store.ts';
import { thinIndex } from './word-index.ts';

/** How many rows went; `more` when there may be more to take. */
export interface Pruned {
  readonly deleted: number;
  readonly more: boolean;
}

/** False when nothing that pruning would look at is old enough, as nearly always: a look costs far less than a transaction. */
export function mayPrune({ ageing, sql }: Store, beforeMs: number): boolean {
  if (ageing.reopened.size > 0 || ageing.reopenedDead.size > 0) return true;
  const oldest = sql.oldestWritten.get(ageing.historyFrom, ageing.deadFrom);
  return oldest === undefined || int(oldest, 'written') < beforeMs;
}

/**
 * Deletes the oldest events that are mere history (nothing pending, nothing dead) among the next `rows`, with the notifications
 * of their time. Only what was written before `beforeMs`. Age counts from writing: a replayed old log is as new as it was read,
 * or it would be gone before anyone saw it. Needs an open transaction.
 */
export function pruneHistory(store: Store, rows: number, beforeMs: number): Pruned {
  const { ageing } = store;
  if (ageing.reopened.size > 0) return pruneReopened(store, rows, beforeMs);
  const history: Row[] = [];
  let more = false;
  for (const row of store.sql.ageing.iterate(ageing.historyFrom, rows)) {
    more = int(row, 'written') < beforeMs;
    if (!more) break;
    if (!isTrue(row, 'pending') && !isTrue(row, 'dead')) history.push(row);
    ageing.historyFrom = int(row, 'seq') + 1;
  }
  return { deleted: remove(store, history), more };
}

function pruneReopened(store: Store, rows: number, beforeMs: number): Pruned {
  const { ageing } = store;
  const history: Row[] = [];
  for (const seq of take(ageing.reopened, rows)) {
    const row = store.sql.ageingOne.get(seq);
    if (row === undefined || isTrue(row, 'pending')) continue;
    if (isTrue(row, 'dead')) ageing.reopenedDead.add(seq);
    else if (int(row, 'written') < beforeMs) history.push(row);
    else ageing.historyFrom = Math.min(ageing.historyFrom, seq);
  }
  return { deleted: remove(store, history), more: true };
}

/** Deletes the oldest events with dead and without pending deliveries; as {@link pruneHistory} otherwise. */
export function pruneDead(store: Store, rows: number, beforeMs: number): Pruned {
  const { ageing } = store;
  if (ageing.reopenedDead.size > 0) return pruneReopenedDead(store, rows, beforeMs);
  const dead: Row[] = [];
  let more = false;
  for (const seq of new Set(store.sql.deadFrom.all(ageing.deadFrom, rows).map((row) => int(row, 'seq')))) {
    const row = store.sql.ageingOne.get(seq);
    more = row === undefined || int(row, 'written') < beforeMs;
    if (!more) break;
    if (row !== undefined && !isTrue(row, 'pending')) dead.push(row);
    ageing.deadFrom = seq + 1;
  }
  return { deleted: remove(store, dead), more };
}

function pruneReopenedDead(store: Store, rows: number, beforeMs: number): Pruned {
  const { ageing } = store;
  const dead: Row[] = [];
  for (const seq of take(ageing.reopenedDead, rows)) {
    const row = store.sql.ageingOne.get(seq);
    if (row === undefined || isTrue(row, 'pending')) continue;
    if (int(row, 'written') < beforeMs) dead.push(row);
    else ageing.deadFrom = Math.min(ageing.deadFrom, seq);
  }
  return { deleted: remove(store, dead), more: true };
}

/** Deletes the oldest notifications that were written up to a time, at most `rows`; returns how many. */
export function pruneNotifications(store: Store, rows: number, writtenMax: number): number {
  return Number(store.sql.deleteNotifications.run(rows, writtenMax).changes);
}

/** Deletes events, given in ascending order, with their deliveries; returns how many events. */
export function deleteEvents(store: Store, seqs: readonly number[]): number {
  if (seqs.length === 0) return 0;
  const { sql } = store;
  // Numbers are never used twice, also when the newest events are deleted and the process ends.
  sql.putMeta.run('next_seq', store.nextSeq);
  let deleted = 0;
  for (let at = 0; at < seqs.length;) {
    const from = seqs[at] ?? 0;
    let to = from;
    for (at += 1; seqs[at] === to + 1; at += 1) to += 1;
    deleted += Number(sql.deleteEvents.run(from, to).changes);
    sql.deleteDeliveries.run(from * deliveriesPerEvent, (to + 1) * deliveriesPerEvent);
  }
  thinIndex(store, seqs);
  return deleted;
}

function remove(store: Store, rows: readonly Row[]): number {
  const seqs = rows.map((row) => int(row, 'seq')).sort((a, b) => a - b);
  const written = Math.max(-1, ...rows.map((row) => int(row, 'written')));
  return deleteEvents(store, seqs) + (written < 0 ? 0 : pruneNotifications(store, rows.length, written));
}

function take(set: Set<number>, count: number): readonly number[] {
  const seqs = set.values().take(count).toArray();
  for (const seq of seqs) set.delete(seq);
  return seqs;
}

function isTrue(row: Row, column: string): boolean {
  return int(row, column) === 1;
}
