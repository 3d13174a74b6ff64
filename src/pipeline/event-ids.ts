import { createHmac, type KeyObject } from 'node:crypto';

/**
 * Makes the ids that events leave with. Where they come from, an id is a hash of the line, or of what an alert tells: who gets the event
 * without a name or an address that is in it, and with all the rest, could find what is missing by trying. With a key they cannot.
 */
export interface EventIds {
  /** For an event of a line: the same in every life of the process, because a line may be read again. */
  line(id: string): string;
  /** For an event that rules make; it is written once. */
  alert(id: string): string;
}

/** Keys that are undefined leave the ids as they are. */
export function createEventIds(
  lineKey: Uint8Array | undefined,
  alertKey: Uint8Array | KeyObject | undefined,
): EventIds {
  return { line: keyed('lines', lineKey), alert: keyed('alerts', alertKey) };
}

function keyed(what: string, key: Uint8Array | KeyObject | undefined): (id: string) => string {
  if (key === undefined) return (id) => id;
  const ids = createHmac('sha256', key).update(`herald ids of ${what}`).digest();
  return (id) => createHmac('sha256', ids).update(id).digest('hex').slice(0, id.length);
}
