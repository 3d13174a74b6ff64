import { createHmac, type KeyObject } from 'node:crypto';

/**
 * Makes the id that an alert leaves with of the one that says what it tells. That one is a hash: who gets the alert without a name
 * or an address that is in it, and with all the rest, could find what is missing by trying. With a key they cannot.
 */
export type AlertId = (id: string) => string;

export function createAlertId(key: Uint8Array | KeyObject | undefined): AlertId {
  if (key === undefined) return (id) => id;
  const ids = createHmac('sha256', key).update('herald ids of alerts').digest();
  return (id) => createHmac('sha256', ids).update(id).digest('hex').slice(0, id.length);
}
