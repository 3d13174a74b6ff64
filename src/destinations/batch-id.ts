import { createHash } from 'node:crypto';
import type { Delivery } from '../core/delivery.ts';

/**
 * What the receiver knows a message by: the delivery's key, which is the same on every attempt. A batch has a hash of its
 * keys, the same for the same deliveries.
 */
export function batchId(batch: readonly Delivery[]): string {
  const [first] = batch;
  if (first !== undefined && batch.length === 1) return first.key;
  const hash = createHash('sha256').update(batch.map(({ key }) => `${key}\n`).join(''));
  return `batch.${hash.digest('hex').slice(0, 32)}`;
}
