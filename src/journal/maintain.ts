import { saveInbox } from './inbox.ts';
import { requireInPlace } from './place.ts';
import { mayPrune, pruneDead, pruneHistory, pruneNotifications } from './prune.ts';
import { resealPiece } from './reseal.ts';
import { pages, usedBytes } from './room.ts';
import { foldRuleLog } from './rule-fold.ts';
import { transactLazily, type Store } from './store.ts';
import { checkpoint, watchWal } from './wal.ts';
import { indexPiece } from './word-index.ts';

/** Small enough to be done well within 20 ms on a slow disk. */
const rowsAtOnce = 256;
/** For space rather than age: large events would otherwise empty half of a small journal at once. */
const rowsAtOnceForSpace = 32;
const vacuumPages = 64;
/** After this many pieces the WAL goes into the database: a little at a time, not 16 MB at once inside somebody's append. */
const piecesPerCheckpoint = 12;
/** Free pages are used again by what comes next; only this many are worth giving back. */
const freePagesMax = 1024;
/** Above this many events and deliveries a second the index waits: they come first, and a search copes without. */
const busyPerSecond = 2000;

/** One small piece of upkeep; see {@link Journal.maintain}. */
export function maintain(store: Store, nowMs: number): boolean {
  measure(store, nowMs);
  saveInbox(store, nowMs);
  if (store.load.pieces >= piecesPerCheckpoint) {
    checkpoint(store.wal);
    store.load.pieces = 0;
    return true;
  }
  const more =
    foldRuleLog(store) ||
    prune(store, nowMs) ||
    resealPiece(store) ||
    (!store.load.busy && indexPiece(store)) ||
    giveBack(store);
  if (more) store.load.pieces += 1;
  return more;
}

/** What is looked at once a second. */
function measure({ load, wal, places }: Store, nowMs: number): void {
  const ms = nowMs - load.sinceMs;
  if (ms >= 0 && ms < 1000) return;
  load.busy = ms > 0 && (load.handled * 1000) / ms > busyPerSecond;
  load.handled = 0;
  load.sinceMs = nowMs;
  requireInPlace(places);
  watchWal(wal, nowMs);
}

function prune(store: Store, nowMs: number): boolean {
  const share = usedBytes(store) / store.options.maxBytes;
  store.shrinking = share > (store.shrinking ? 0.9 : 0.95);
  const beforeMs = store.shrinking ? Infinity : nowMs - store.options.retentionMs;
  if (!mayPrune(store, beforeMs)) return false;
  return transactLazily(store, () => {
    const history = pruneHistory(store, store.shrinking ? rowsAtOnceForSpace : rowsAtOnce, beforeMs);
    if (history.deleted > 0 || history.more) return true;
    const dead = pruneDead(store, rowsAtOnce, nowMs - store.options.retentionMs);
    if (dead.deleted > 0 || dead.more) return true;
    return pruneNotifications(store, rowsAtOnce, nowMs - store.options.retentionMs - 1) > 0;
  });
}

function giveBack(store: Store): boolean {
  const { total, free } = pages(store);
  if (free <= Math.max(freePagesMax, total / 4)) return false;
  store.db.exec(`PRAGMA incremental_vacuum(${vacuumPages})`);
  return true;
}
