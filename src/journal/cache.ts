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

/** What is kept of it while nobody asks: deliveries come from far behind then, or a destination is down. */
const unaskedShare = 1 / 16;

/**
 * Holds at most `bytesMax` of event JSON; the oldest go first. The events beside it take about three times that. When events go that
 * nobody asked for, it holds a sixteenth, until one is asked for that it has.
 */
export function createCache(bytesMax: number): EventCache {
  const entries = new Map<number, CachedEvent>();
  /** Numbers in order of arrival, with those that are gone; a Map's own order is slow to read from a front full of holes. */
  let order: number[] = [];
  let head = 0;
  let size = 0;
  let sizeMax = bytesMax;
  /** The last one that was asked for and found; what is older has been asked for too, because queues keep their order. */
  let askedTo = -1;

  function drop(seq: number): void {
    const entry = entries.get(seq);
    if (entry === undefined) return;
    entries.delete(seq);
    size -= entry.bytes.length;
  }

  /** Makes room for the youngest. */
  function shrink(): void {
    for (; size > sizeMax && head < order.length; head += 1) {
      const seq = order[head] ?? 0;
      if (seq > askedTo && entries.has(seq)) sizeMax = bytesMax * unaskedShare;
      drop(seq);
    }
  }

  return {
    add(seq, entry) {
      entries.set(seq, entry);
      order.push(seq);
      size += entry.bytes.length;
      shrink();
      if (order.length > 2 * entries.size + 1024) {
        order = order.slice(head).filter((each) => entries.has(each));
        head = 0;
      }
    },
    get(seq) {
      const entry = entries.get(seq);
      if (entry === undefined) return undefined;
      askedTo = Math.max(askedTo, seq);
      sizeMax = bytesMax;
      return entry;
    },
    release(seq) {
      const entry = entries.get(seq);
      if (entry === undefined) return;
      entry.open -= 1;
      if (entry.open <= 0) drop(seq);
    },
  };
}
