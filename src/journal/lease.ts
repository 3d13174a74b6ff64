import { severities } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import { CorruptError } from './failure.ts';
import type { Leased, Run } from './journal.ts';
import { blob, hex, int, type Row } from './row.ts';
import { deliveriesPerEvent } from './schema.ts';
import type { Store } from './store.ts';

interface Stored {
  readonly id: string;
  readonly at: number;
  readonly bytes: Buffer;
  readonly written: number;
}

/** The due deliveries at the head of a destination's queue, without what is under way; see {@link Journal.lease}. */
export function lease(
  store: Store,
  destination: string,
  limit: { readonly items: number; readonly bytes: number },
  nowMs: number,
  underWay: readonly Run[] = [],
): readonly Leased[] {
  const id = store.names.destination(destination);
  if (id === undefined) return [];
  const leased: Leased[] = [];
  // Whoever sends the stored text as it is never needs it parsed. Others write one event after the other: to keep all of a batch as
  // objects until its answer is there costs more than to parse one again.
  let parsed: { readonly seq: number; readonly event: SafeEvent } | undefined;
  let bytes = 0;
  for (const row of pending(store, id, limit.items, nowMs, underWay)) {
    // Order is kept per destination: what is behind a delivery that waits, waits with it.
    if (int(row, 4) > nowMs) break;
    const seq = int(row, 0);
    const stored = load(store, Math.floor(seq / deliveriesPerEvent));
    bytes += stored.bytes.length;
    if (bytes > limit.bytes && leased.length > 0) break;
    const rule = store.names.rule(int(row, 1));
    leased.push({
      key: `${stored.id}.${rule.digest}`,
      get event() {
        if (parsed?.seq !== seq) parsed = { seq, event: store.restore(stored.bytes.toString('utf8')) };
        return parsed.event;
      },
      at: stored.at,
      rule: rule.name,
      severity: severityAt(int(row, 2)),
      attempts: int(row, 3),
      seq,
      bytes: stored.bytes,
      firstDueAt: stored.written,
    });
  }
  return leased;
}

/** The first rows of a queue in order, without the runs that are under way. */
function* pending(
  { sql }: Store,
  destination: number,
  itemsMax: number,
  nowMs: number,
  underWay: readonly Run[],
): Generator<Row> {
  let left = itemsMax;
  let after = 0;
  const ends = { first: Number.MAX_SAFE_INTEGER, last: Number.MAX_SAFE_INTEGER };
  for (const { first, last } of [...underWay.toSorted((a, b) => a.first - b.first), ends]) {
    if (left === 0) return;
    const rows = first - after > 1 ? sql.pending.all(nowMs, destination, left, after, first) : [];
    yield* rows;
    left -= rows.length;
    after = Math.max(after, last);
  }
}

/** When the head of a queue is due, ms. */
export function nextDue(store: Store, destination: string, nowMs: number): number | undefined {
  const id = store.names.destination(destination);
  const row = id === undefined ? undefined : store.sql.nextDue.get(nowMs, id);
  return row === undefined ? undefined : int(row, 'due_at');
}

function load(store: Store, seq: number): Stored {
  const cached = store.cache.get(seq);
  if (cached !== undefined) return cached;
  const row = store.sql.body.get(seq);
  if (row === undefined) throw new CorruptError(`event ${seq} of a pending delivery is gone`);
  const id = hex(row, 3);
  const bytes = store.codec.open(['event', seq, id], blob(row, 0));
  return { id, at: int(row, 2), bytes, written: int(row, 1) };
}

export function severityAt(at: number): (typeof severities)[number] {
  const severity = severities[at];
  if (severity === undefined) throw new CorruptError(`severity ${at}`);
  return severity;
}
