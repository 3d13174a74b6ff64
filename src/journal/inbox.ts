import { transact, type Store } from './store.ts';

/** Writes the waiting notifications inside the transaction that is open; clear the inbox when it is committed. */
export function flushInbox(store: Store, nowMs: number): void {
  for (const { key, eventId, at, rule, severity, title, summary } of store.inbox.values()) {
    const sealed = [
      store.codec.sealText(['title', 0, key], title),
      store.codec.sealText(['summary', 0, key], summary),
    ] as const;
    store.sql.putNotification.run(key, eventId, at, nowMs, rule, severity, ...sealed);
  }
}

/** Writes the waiting notifications now. */
export function saveInbox(store: Store, nowMs: number): void {
  if (store.inbox.size === 0) return;
  transact(store, () => flushInbox(store, nowMs));
  store.inbox.clear();
}
