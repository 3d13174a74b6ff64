import type { DatabaseSync } from 'node:sqlite';
import type { SafeEvent } from '../core/event.ts';
import { startOver, type Ageing } from './ageing.ts';
import { createCache, type EventCache } from './cache.ts';
import type { Codec } from './codec.ts';
import type { JournalOptions, NotificationRow } from './journal.ts';
import { createNames, type Names } from './names.ts';
import type { Place } from './place.ts';
import { int } from './row.ts';
import type { Resealing } from './resealing.ts';
import { openRuleLog, type RuleLog } from './rule-log.ts';
import { prepareStatements, type SqlStatements } from './statements.ts';
import type { Wal } from './wal.ts';

/** An open database with what its owner knows about it. Everything here is read again after a restart. */
export interface Store {
  readonly db: DatabaseSync;
  readonly pageBytes: number;
  readonly sql: SqlStatements;
  readonly names: Names;
  readonly cache: EventCache;
  readonly codec: Codec;
  readonly options: JournalOptions;
  readonly restore: (json: string) => SafeEvent;
  /** Given by `putNotification`, written with the next transaction. */
  readonly inbox: Map<string, NotificationRow>;
  readonly load: Load;
  readonly wal: Wal;
  /** The block of the word index that events were last deleted from, by its first event, and how many. */
  readonly thinning: { from: number; deleted: number };
  /** The `seq` of the next event. */
  nextSeq: number;
  /** No event that was written happened later than this, ms. */
  newestAt: number;
  readonly ageing: Ageing;
  ruleLog: RuleLog;
  resealing: Resealing | undefined;
  /** The files that are open, with that of the lock. */
  places: readonly Place[];
  /** Above 95 % of the size limit, until below 90 %. */
  shrinking: boolean;
}

/** How much there is to do, events written and deliveries settled: see `maintain`. Busy until it is known. */
export interface Load {
  sinceMs: number;
  handled: number;
  busy: boolean;
  /** Pieces of upkeep since the last checkpoint. */
  pieces: number;
}

const cacheBytesMax = 2 * 1024 * 1024;

export function createStore(
  db: DatabaseSync,
  options: JournalOptions,
  codec: Codec,
  wal: Wal,
  restore: (json: string) => SafeEvent,
  nowMs: number,
): Store {
  const sql = prepareStatements(db);
  return {
    db,
    pageBytes: int(db.prepare('PRAGMA page_size').get() ?? {}, 'page_size'),
    sql,
    names: createNames(sql),
    cache: createCache(cacheBytesMax),
    codec,
    options,
    restore,
    inbox: new Map(),
    ruleLog: openRuleLog(db),
    resealing: undefined,
    places: [],
    ageing: { historyFrom: 0, deadFrom: 0, reopened: new Set(), reopenedDead: new Set() },
    thinning: { from: 0, deleted: 0 },
    wal,
    load: { sinceMs: nowMs, handled: 0, busy: true, pieces: 0 },
    nextSeq: firstSeq(db),
    newestAt: newestAt(db),
    shrinking: false,
  };
}

/** Pruning may have taken the newest rows, so what was used up is kept in `meta` too. */
function firstSeq(db: DatabaseSync): number {
  const row = db
    .prepare(
      `SELECT max((SELECT coalesce(max(seq), 0) + 1 FROM event), (SELECT value FROM meta WHERE key = 'next_seq')) AS seq`,
    )
    .get();
  return row === undefined ? 1 : int(row, 'seq');
}

function newestAt(db: DatabaseSync): number {
  const row = db.prepare('SELECT max(at) AS at FROM event').get();
  return row === undefined || row['at'] === null ? -Infinity : int(row, 'at');
}

/**
 * Runs `work` as one transaction that may be forgotten when the power fails, though not when the process is killed, and never in part:
 * the next {@link transact} makes it durable. For what can be done again: a delivery that is sent twice, an index, a pruned row.
 */
export function transactLazily<T>(store: Store, work: () => T): T {
  store.db.exec('PRAGMA synchronous = NORMAL');
  try {
    return transact(store, work);
  } finally {
    store.db.exec('PRAGMA synchronous = FULL');
  }
}

/** Runs `work` as one transaction: all of it is on disk when this returns, nothing when it throws. */
export function transact<T>(store: Store, work: () => T): T {
  const { db } = store;
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    store.names.forget();
    startOver(store.ageing);
    // SQLite has rolled back by itself after some errors.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

export function readMeta(store: Store, key: string): number {
  const row = store.sql.meta.get(key);
  return row === undefined ? 0 : int(row, 'value');
}
