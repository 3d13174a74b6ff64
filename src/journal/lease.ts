import { severities, type Severity } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import { loadEvents, type Stored } from './bodies.ts';
import { CorruptError } from './failure.ts';
import type { Leased, Run } from './journal.ts';
import { int, type Row } from './row.ts';
import { deliveriesPerEvent } from './schema.ts';
import type { Store } from './store.ts';

/** So many rows are read at once: a batch is often full before its number of items is reached. */
const rowsAtOnce = 64;

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
  const read = reader(store);
  let bytes = 0;
  for (const rows of pending(store, id, limit.items, nowMs, underWay)) {
    // Order is kept per destination: what is behind a delivery that waits, waits with it.
    const waiting = rows.findIndex((row) => int(row, 4) > nowMs);
    const due = waiting < 0 ? rows : rows.slice(0, waiting);
    const events = loadEvents(store, new Set(due.map(eventOf)));
    for (const row of due) {
      const stored = events.get(eventOf(row));
      if (stored === undefined) throw new CorruptError(`event ${eventOf(row)} of a pending delivery is gone`);
      bytes += stored.bytes.length;
      if (bytes > limit.bytes && leased.length > 0) return leased;
      leased.push(new LeasedRow(row, stored, store, read));
    }
    if (waiting >= 0) return leased;
  }
  return leased;
}

function eventOf(row: Row): number {
  return Math.floor(int(row, 0) / deliveriesPerEvent);
}

/**
 * Whoever sends the stored text as it is never needs it parsed. Others write one event after the other: to keep all of a batch as
 * objects until its answer is there costs more than to parse one again.
 */
function reader({ restore }: Store): Reader {
  let bytes: Buffer | undefined;
  let json = '';
  let event: SafeEvent | undefined;
  const textOf = (stored: Buffer): string => {
    if (stored !== bytes) {
      [bytes, json, event] = [stored, stored.toString('utf8'), undefined];
    }
    return json;
  };
  return {
    json: textOf,
    event(stored) {
      const text = textOf(stored);
      return (event ??= restore(text));
    },
  };
}

interface Reader {
  json(stored: Buffer): string;
  event(stored: Buffer): SafeEvent;
}

/** A class because an object literal with a getter takes as long to make as its row to read. */
class LeasedRow implements Leased {
  readonly key: string;
  readonly at: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly attempts: number;
  readonly seq: number;
  readonly bytes: Buffer;
  readonly firstDueAt: number;
  readonly #read: Reader;

  constructor(row: Row, { id, at, bytes, written }: Stored, { names }: Store, read: Reader) {
    const rule = names.rule(int(row, 1));
    this.key = `${id}.${rule.digest}`;
    this.at = at;
    this.rule = rule.name;
    this.severity = severityAt(int(row, 2));
    this.attempts = int(row, 3);
    this.seq = int(row, 0);
    this.bytes = bytes;
    this.firstDueAt = written;
    this.#read = read;
  }

  get event(): SafeEvent {
    return this.#read.event(this.bytes);
  }

  get json(): string {
    return this.#read.json(this.bytes);
  }
}

/** The first rows of a queue in order, some at a time, without the runs that are under way. */
function* pending(
  { sql }: Store,
  destination: number,
  itemsMax: number,
  nowMs: number,
  underWay: readonly Run[],
): Generator<readonly Row[]> {
  let left = itemsMax;
  let after = 0;
  const ends = { first: Number.MAX_SAFE_INTEGER, last: Number.MAX_SAFE_INTEGER };
  for (const { first, last } of [...underWay.toSorted((a, b) => a.first - b.first), ends]) {
    while (left > 0 && first - after > 1) {
      const count = Math.min(left, rowsAtOnce);
      const rows = sql.pending.all(nowMs, destination, count, after, first);
      if (rows.length > 0) yield rows;
      left -= rows.length;
      if (rows.length < count) break;
      after = int(rows.at(-1) ?? {}, 0);
    }
    after = Math.max(after, last);
  }
}

/** When the head of a queue is due, ms. */
export function nextDue(store: Store, destination: string, nowMs: number): number | undefined {
  const id = store.names.destination(destination);
  const row = id === undefined ? undefined : store.sql.nextDue.get(nowMs, id);
  return row === undefined ? undefined : int(row, 'due_at');
}

export function severityAt(at: number): Severity {
  const severity = severities[at];
  if (severity === undefined) throw new CorruptError(`severity ${at}`);
  return severity;
}
