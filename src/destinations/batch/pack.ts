import type { Delivery, ItemResult, SendResult } from '../../core/delivery.ts';
import type { SafeEvent } from '../../core/event.ts';
import { shortenBy } from '../../render/formats/shorten.ts';
import type { Item } from '../item.ts';

/** What one request may hold; bytes are before compression. */
export interface RequestLimits {
  /** How many items, where the service counts them. */
  readonly items?: number;
  /** All items and what stands between and around them. */
  readonly bytes: number;
  /** One item. */
  readonly itemBytes: number;
  /** Most that is added to an item by its neighbours: a comma, a line end, the opening of a group. Default: 2. */
  readonly itemOverheadBytes?: number;
}

/** How one delivery is written. */
export interface Encoding<T extends Item> {
  readonly limits: RequestLimits;
  readonly item: (delivery: Delivery) => T;
  /** Why a delivery must not be sent; undefined for what may. */
  readonly refuse?: (delivery: Delivery) => ItemResult | undefined;
}

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
export function pack<T extends Item>(batch: readonly Delivery[], encoding: Encoding<T>): Packed<T> {
  const { items: itemsMax = Infinity, bytes, itemBytes, itemOverheadBytes = 2 } = encoding.limits;
  const items: T[] = [];
  /** By place in the batch; undefined for what is in the request. */
  const apart: (ItemResult | undefined)[] = [];
  let total = 0;
  for (const delivery of batch) {
    if (items.length >= itemsMax) break;
    const refused = encoding.refuse?.(delivery);
    if (refused !== undefined) {
      apart.push(refused);
      continue;
    }
    const whole = encoding.item(delivery);
    const item = whole.bytes <= itemBytes ? whole : shortened(delivery, encoding);
    if (item === undefined) {
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

function shortened<T extends Item>(
  { key, event, rule, severity, attempts }: Delivery,
  { limits, item }: Encoding<T>,
): T | undefined {
  const itemOf = (cut: SafeEvent): T => item({ key, event: withoutHusks(cut), rule, severity, attempts });
  const cut = shortenBy(event, limits.itemBytes, (candidate) => itemOf(candidate).bytes);
  return cut === undefined ? undefined : itemOf(cut);
}

/** The one list of an event whose items are never without their keys: where mappings lost all entries, it lists nothing. */
function withoutHusks(event: SafeEvent): SafeEvent {
  const { exception } = event;
  return exception === undefined ? event : { ...event, exception: exception.filter((one) => 'type' in one) };
}

function tooLarge(bytes: number, bytesMax: number): ItemResult {
  const detail = `an event of ${bytes} bytes, ${bytesMax} are taken, and its texts are not what makes it large`;
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
