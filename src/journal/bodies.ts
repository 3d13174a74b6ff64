import { blob, int, text, type Row } from './row.ts';
import type { Store } from './store.ts';

/** What a delivery needs of its event's row. */
export interface Stored {
  readonly id: string;
  /** The event's own time, ms. */
  readonly at: number;
  readonly bytes: Buffer;
  readonly written: number;
}

/** What is larger is read by itself: how much memory one reading takes must not depend on what users write. */
const togetherBytesMax = 16 * 1024;

/**
 * Events by their `seq`, from memory or from the disk, where all are read at once and into one piece of memory: most of what it costs
 * to read an event alone is the way into SQLite and back, and a buffer of its own. One that is gone is not among them.
 */
export function loadEvents(store: Store, seqs: ReadonlySet<number>): ReadonlyMap<number, Stored> {
  const found = new Map<number, Stored>();
  const missing: number[] = [];
  for (const seq of seqs) {
    const cached = store.cache.get(seq);
    if (cached === undefined) missing.push(seq);
    else found.set(seq, cached);
  }
  if (missing.length === 0) return found;
  const row = store.sql.bodies.get(togetherBytesMax, JSON.stringify(missing)) ?? {};
  // SQLite wrote it, not a user.
  const heads: readonly Row[] = JSON.parse(text(row, 'heads'));
  const together = row['bodies'] === null ? Buffer.alloc(0) : blob(row, 'bodies');
  let end = 0;
  for (const head of heads) {
    const [seq, bytes, id] = [int(head, 0), int(head, 1), text(head, 4)];
    const stored =
      bytes > togetherBytesMax ? blob(store.sql.body.get(seq) ?? {}, 0) : together.subarray(end, (end += bytes));
    found.set(seq, {
      id,
      at: int(head, 2),
      written: int(head, 3),
      bytes: store.codec.open(['event', seq, id], stored),
    });
  }
  return found;
}
