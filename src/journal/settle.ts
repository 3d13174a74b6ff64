import { unreachable } from '../core/errors.ts';
import type { Reason } from '../core/delivery.ts';
import { flushInbox } from './inbox.ts';
import type { Settled, Settlement } from './journal.ts';
import { deliveriesPerEvent } from './schema.ts';
import { reopen } from './ageing.ts';
import { rowsPerUpdate, type SqlStatements } from './statements.ts';
import { transactLazily, type Store } from './store.ts';

const detailCharsMax = 500;

/** Deliveries with the same outcome: one statement. */
interface Group {
  readonly state: Settlement['state'];
  readonly dueAt: number;
  readonly reason: Reason | undefined;
  readonly detail: string | null;
  readonly seqs: number[];
}

/** Writes the outcome of deliveries in one transaction; see {@link Journal.settle}. */
export function settle(
  store: Store,
  destination: string,
  settlements: readonly Settlement[],
  nowMs: number,
): readonly Settled[] {
  const id = store.names.destination(destination);
  if (id === undefined) return [];
  const groups = grouped(settlements);
  const settled = transactLazily(store, () => {
    const written = groups.map((group) => {
      const count = write(store, id, group, nowMs);
      return { state: group.state, reason: group.reason, count };
    });
    const [delivered, dead] = [total(written, 'delivered'), total(written, 'dead')];
    if (delivered + dead > 0) store.sql.addSettled.run(delivered, dead, id);
    flushInbox(store, nowMs);
    return written;
  });
  store.inbox.clear();
  store.load.handled += settlements.length;
  for (const { seq, state } of settlements)
    if (state !== 'retry') concluded(store, Math.floor(seq / deliveriesPerEvent));
  return settled.filter(({ count }) => count > 0);
}

function total(settled: readonly Settled[], state: Settlement['state']): number {
  return settled.reduce((sum, item) => sum + (item.state === state ? item.count : 0), 0);
}

function grouped(settlements: readonly Settlement[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const item of settlements) {
    const reason = item.state === 'delivered' ? undefined : item.reason;
    const detail = item.state === 'delivered' ? null : (item.detail?.slice(0, detailCharsMax) ?? null);
    const dueAt = item.state === 'retry' ? item.dueAt : 0;
    const key = item.state === 'delivered' ? 'delivered' : `${item.state} ${dueAt} ${reason} ${detail ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { state: item.state, dueAt, reason, detail, seqs: [item.seq] });
    else group.seqs.push(item.seq);
  }
  return [...groups.values()];
}

/** Returns how many deliveries were still pending, and so changed. */
function write({ sql, codec }: Store, destination: number, group: Group, nowMs: number): number {
  const { state, dueAt, reason = null, seqs } = group;
  // One record for all deliveries of the group, so its place is the destination.
  const detail = group.detail === null ? null : codec.sealText(['detail', destination, ''], group.detail);
  switch (state) {
    case 'delivered':
      return delivered(sql, seqs, destination, nowMs);
    case 'dead':
      // Giving up for age is no attempt.
      return Number(
        sql.dead.run(reason === 'expired' ? 0 : 1, nowMs, reason, detail, JSON.stringify(seqs), destination).changes,
      );
    case 'retry':
      return Number(sql.retry.run(nowMs, dueAt, reason, detail, JSON.stringify(seqs), destination).changes);
    default:
      return unreachable(state);
  }
}

function delivered(sql: SqlStatements, seqs: readonly number[], destination: number, nowMs: number): number {
  let count = 0;
  let from = 0;
  for (; from + rowsPerUpdate <= seqs.length; from += rowsPerUpdate) {
    const some = seqs.slice(from, from + rowsPerUpdate);
    count += Number(sql.deliveredByNumber.run(nowMs, ...some, destination).changes);
  }
  if (from === seqs.length) return count;
  const rest = JSON.stringify(seqs.slice(from));
  return count + Number(sql.delivered.run(nowMs, rest, destination).changes);
}

function concluded(store: Store, event: number): void {
  store.cache.release(event);
  reopen(store.ageing, event);
}
