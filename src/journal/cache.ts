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

/** When so much of what it may hold was written and nobody came for anything new, nobody is about to. */
const unaskedShare = 1 / 2;
/** Who asks for one of the youngest events comes for the next ones, too: more than that fit in. */
const nearEvents = 250;

/**
 * Holds at most `bytesMax` of event JSON; the oldest go first. While nobody asks, because deliveries come from far behind or a destination
 * is down, it holds nothing: what is kept for a while and then dropped costs V8 more than what is dropped at once.
 */
export function createCache(bytesMax: number): EventCache {
  const entries = new Map<number, CachedEvent>();
  /** Numbers in order of arrival, with those that are gone; a Map's own order is slow to read from a front full of holes. */
  let order: number[] = [];
  let head = 0;
  let size = 0;
  let youngest = -1;
  /** The youngest one that was asked for. */
  let askedTo = -1;
  /** Bytes written since. */
  let unasked = 0;
  let isAsked = true;

  function drop(seq: number): void {
    const entry = entries.get(seq);
    if (entry === undefined) return;
    entries.delete(seq);
    size -= entry.bytes.length;
  }

  /** Makes room for the youngest. */
  function shrink(): void {
    for (; size > bytesMax && head < order.length; head += 1) drop(order[head] ?? 0);
    if (order.length <= 2 * entries.size + 1024) return;
    order = order.slice(head).filter((each) => entries.has(each));
    head = 0;
  }

  function clear(): void {
    entries.clear();
    order = [];
    head = 0;
    size = 0;
    unasked = 0;
  }

  return {
    add(seq, entry) {
      youngest = seq;
      if (!isAsked) return;
      entries.set(seq, entry);
      order.push(seq);
      size += entry.bytes.length;
      unasked += entry.bytes.length;
      isAsked = unasked <= bytesMax * unaskedShare;
      if (isAsked) shrink();
      else clear();
    },
    get(seq) {
      if (seq > youngest - nearEvents) isAsked = true;
      if (seq > askedTo) {
        askedTo = seq;
        unasked = 0;
      }
      return entries.get(seq);
    },
    release(seq) {
      const entry = entries.get(seq);
      if (entry === undefined) return;
      entry.open -= 1;
      if (entry.open <= 0) drop(seq);
    },
  };
}
