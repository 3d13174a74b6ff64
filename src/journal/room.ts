import { int, text } from './row.ts';
import { deleteEvents, pruneDead, pruneHistory, pruneNotifications } from './prune.ts';
import { deliveriesPerEvent } from './schema.ts';
import type { Store } from './store.ts';

const rowsAtOnce = 64;

/**
 * Makes room for `bytes` more, oldest first: history, then events with dead letters, then notifications; pending deliveries only
 * under `drop_oldest`, counted into `shed`. False when there is none to be had. A batch that is larger than the limit is taken by
 * an empty journal. Needs an open transaction.
 */
export function makeRoom(store: Store, bytes: number, shed: Map<string, number>): boolean {
  const usedMax = store.options.maxBytes - bytes;
  while (usedBytes(store) > usedMax) {
    if (pruneHistory(store, rowsAtOnce, Infinity).more) continue;
    if (pruneDead(store, rowsAtOnce, Infinity).more) continue;
    if (pruneNotifications(store, rowsAtOnce, Number.MAX_SAFE_INTEGER) > 0) continue;
    const oldest = store.sql.oldest.all(rowsAtOnce).map((row) => int(row, 'seq'));
    if (oldest.length === 0) return true;
    if (store.options.whenFull === 'block') return false;
    shedEvents(store, oldest, shed);
  }
  return true;
}

/** Bytes of all pages that hold something. */
export function usedBytes(store: Store): number {
  const { total, free } = pages(store);
  return (total - free) * store.pageBytes;
}

/** Pages of the database file, and how many of them are free. */
export function pages({ sql }: Store): { readonly total: number; readonly free: number } {
  return {
    total: int(sql.pageCount.get() ?? {}, 'page_count'),
    free: int(sql.freePages.get() ?? {}, 'freelist_count'),
  };
}

function shedEvents(store: Store, seqs: readonly number[], shed: Map<string, number>): void {
  const { sql } = store;
  const from = (seqs[0] ?? 0) * deliveriesPerEvent;
  const to = ((seqs.at(-1) ?? 0) + 1) * deliveriesPerEvent;
  for (const row of sql.pendingBetween.all(from, to)) {
    const count = int(row, 'count');
    const destination = sql.addShed.get(count, int(row, 'destination'));
    const name = text(destination ?? {}, 'name');
    shed.set(name, (shed.get(name) ?? 0) + count);
  }
  deleteEvents(store, seqs);
}
