export interface CachedEvent {
  readonly id: string;
  /** The event's own time, ms. */
  readonly at: number;
  readonly bytes: Buffer;
  readonly written: number;
  /** Deliveries that are not settled; at 0 the entry goes. */
  open: number;
}

/** Events that were just written and still have deliveries, so that leasing does not parse what was just stringified. */
export interface EventCache {
  add(seq: number, entry: CachedEvent): void;
  get(seq: number): CachedEvent | undefined;
  /** One delivery of the event is settled. */
  release(seq: number): void;
}

/** Holds at most `bytesMax` of event JSON; the oldest go first. The events beside it take about three times that. */
export function createCache(bytesMax: number): EventCache {
  const entries = new Map<number, CachedEvent>();
  /** Numbers in order of arrival, with those that are gone; a Map's own order is slow to read from a front full of holes. */
  let order: number[] = [];
  let head = 0;
  let size = 0;

  function drop(seq: number): void {
    const entry = entries.get(seq);
    if (entry === undefined) return;
    entries.delete(seq);
    size -= entry.bytes.length;
  }

  return {
    add(seq, entry) {
      entries.set(seq, entry);
      order.push(seq);
      size += entry.bytes.length;
      for (; size > bytesMax && head < order.length; head += 1) drop(order[head] ?? 0);
      if (order.length > 2 * entries.size + 1024) {
        order = order.slice(head).filter((each) => entries.has(each));
        head = 0;
      }
    },
    get: (seq) => entries.get(seq),
    release(seq) {
      const entry = entries.get(seq);
      if (entry === undefined) return;
      entry.open -= 1;
      if (entry.open <= 0) drop(seq);
    },
  };
}
