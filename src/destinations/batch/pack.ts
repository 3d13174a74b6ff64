import type { Delivery, ItemResult, SendResult } from '../../core/delivery.ts';
import type { Item } from './item.ts';

/** What one request may hold, in bytes before compression. */
export interface RequestLimits {
  /** All items and what stands between and around them. */
  readonly bytes: number;
  /** One item. */
  readonly itemBytes: number;
  /** Most that is added to an item by its neighbours: a comma, a line end, the opening of a group. Default: 2. */
  readonly itemOverheadBytes?: number;
}

/** Writes one delivery; with `eventBytesMax` it shortens the event so that it has at most that many bytes. */
export type Encode<T extends Item> = (delivery: Delivery, eventBytesMax?: number) => T;

/** The items of one request and which deliveries of the batch they are. */
export interface Packed<T extends Item> {
  readonly items: readonly T[];
  /** Turns what came of the request into what came of the batch: some deliveries may not be in it. */
  readonly spread: (result: SendResult) => SendResult;
}

/**
 * As many deliveries, in their order, as one request may hold. One that is too large by itself is shortened, and refused when
 * that does not help; it never takes others with it. What no longer fits is not even encoded.
 */
export function pack<T extends Item>(
  batch: readonly Delivery[],
  encode: Encode<T>,
  { bytes, itemBytes, itemOverheadBytes = 2 }: RequestLimits,
): Packed<T> {
  const items: T[] = [];
  /** By place in the batch; undefined for what is in the request. */
  const apart: (ItemResult | undefined)[] = [];
  let total = 0;
  for (const delivery of batch) {
    const whole = encode(delivery);
    const item = whole.bytes <= itemBytes ? whole : shortened(delivery, whole, encode, itemBytes);
    if (item.bytes > itemBytes) {
      apart.push(tooLarge(whole.bytes, itemBytes));
      continue;
    }
    total += item.bytes + itemOverheadBytes;
    if (total > bytes && items.length > 0) break;
    items.push(item);
    apart.push(undefined);
  }
  return { items, spread: (result) => spread(result, apart, items.length, batch.length) };
}

function shortened<T extends Item>(delivery: Delivery, whole: T, encode: Encode<T>, itemBytes: number): T {
  // What is around the event, and what escaping may add to it, is known only by trying.
  for (const part of [0.9, 0.45, 0.2]) {
    const item = encode(delivery, Math.floor(itemBytes * part));
    if (item.bytes <= itemBytes) return item;
  }
  return whole;
}

function tooLarge(bytes: number, bytesMax: number): ItemResult {
  const detail = `an event of ${bytes} bytes where ${bytesMax} are taken, and not by its texts`;
  return { status: 'rejected', reason: 'too_large', detail };
}

function spread(
  result: SendResult,
  apart: readonly (ItemResult | undefined)[],
  sent: number,
  count: number,
): SendResult {
  if (sent === count || result.status === 'retry') return result;
  // The delivery loop looks for the one that made the receiver refuse all.
  if (result.status === 'rejected' && sent > 1) return result;
  let next = 0;
  const items = Array.from({ length: count }, (_, at): ItemResult => {
    if (at >= apart.length) return { status: 'unsent' };
    const own = apart[at];
    if (own !== undefined) return own;
    next += 1;
    if (result.status === 'partial') return result.items[next - 1] ?? { status: 'retry', reason: 'protocol' };
    return result.status === 'delivered' ? { status: 'delivered' } : result;
  });
  const odd = 'detail' in result && result.status !== 'rejected' ? result.detail : undefined;
  return { status: 'partial', items, ...(odd !== undefined && { detail: odd }) };
}
