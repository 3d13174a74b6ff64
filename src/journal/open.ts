import { append, has } from './append.ts';
import { createCodec } from './codec.ts';
import { openDatabase } from './database.ts';
import { CorruptError, isCorrupt, translate, translated } from './failure.ts';
import { createFile, journalFiles, openPaths, type JournalFiles } from './files.ts';
import { saveInbox } from './inbox.ts';
import type { Journal, JournalDeps, JournalOptions, Recovery } from './journal.ts';
import { lease, nextDue } from './lease.ts';
import { acquireLock } from './lock.ts';
import { maintain } from './maintain.ts';
import { MissingError, placesOf, requireInPlace } from './place.ts';
import { readCheckpoints } from './progress.ts';
import { createQueries } from './queries.ts';
import { recover } from './recover.ts';
import { encryptionState, startResealing } from './reseal.ts';
import { settle } from './settle.ts';
import { createStore, type Store } from './store.ts';
import { createWal } from './wal.ts';
import { dropOldBlocks } from './word-index.ts';
import { writeBack } from './write-back.ts';

/** An open journal and how it came to be; replaced as a whole when the file turns out to be corrupt. */
interface Opened {
  readonly store: Store;
  readonly queries: ReturnType<typeof createQueries>;
  readonly recovery: Recovery | undefined;
}

/**
 * Opens the journal in a folder and makes this process its owner; see {@link Journal}. A corrupt file is put aside and a new one
 * begun, now or whenever it shows. Throws OperationalError `journal_locked`, `journal_newer`, `journal_unwritable`, `permission`,
 * `disk_full`, `io`.
 */
export function openJournal(options: JournalOptions, deps: JournalDeps): Journal {
  const files = journalFiles(options.path);
  let lock = translated(options.path, () => acquireLock(files, deps.log));
  let now = deps.nowMs;
  let opened: Opened;
  try {
    opened = open(files, options, deps, 1);
  } catch (error) {
    lock.close();
    throw error;
  }

  /** Runs an operation, once more on another file when this one proves corrupt or has lost its place. */
  function guard<T>(operation: (store: Store, queries: Opened['queries']) => T, nowMs = now): T {
    now = nowMs;
    try {
      return operation(opened.store, opened.queries);
    } catch (error) {
      if (!isCorrupt(error) && !(error instanceof MissingError)) throw translate(error, options.path);
      return translated(options.path, () => {
        opened = error instanceof MissingError ? openAgain(error) : beginAnew(error);
        return operation(opened.store, opened.queries);
      });
    }
  }

  function beginAnew(corrupt: unknown): Opened {
    const { db, nextSeq } = opened.store;
    db.close();
    return renew(files, options, { ...deps, nowMs: now }, nextSeq, corrupt);
  }

  function openAgain(missing: MissingError): Opened {
    if (!lock.isInPlace()) {
      const former = lock;
      lock = acquireLock(files, deps.log);
      former.close();
    }
    const { store, recovery } = opened;
    const reopen = (): Store => openStore(files, options, { ...deps, nowMs: now }, store.nextSeq);
    const next = ready(writeBack(files, store, now, reopen), recovery);
    deps.log.error({ err: missing }, 'files of the journal were removed or moved while in use: it is written back');
    return next;
  }

  /** Notifications that wait to be written belong to every answer. */
  const ask = <T>(question: (queries: Opened['queries']) => T): T =>
    guard((store, queries) => {
      saveInbox(store, now);
      return question(queries);
    });

  return {
    append: (batch, nowMs) => guard((store) => append(store, batch, nowMs), nowMs),
    checkpoints: (source) => guard((store) => readCheckpoints(store, source)),
    has: (event) => guard((store) => has(store, event)),
    lease: (destination, limit, nowMs, underWay) =>
      guard((store) => lease(store, destination, limit, nowMs, underWay), nowMs),
    nextDue: (destination, nowMs) => guard((store) => nextDue(store, destination, nowMs), nowMs),
    settle: (destination, items, nowMs) => guard((store) => settle(store, destination, items, nowMs), nowMs),
    putNotification: (item) => void opened.store.inbox.set(item.key, item),
    maintain: (nowMs) => guard((store) => maintain(store, nowMs), nowMs),
    encryption: () => encryptionState(opened.store),
    recovered: () => opened.recovery,
    search: (query) => guard((_, queries) => queries.search(query)),
    deliveriesOf: (eventId) => guard((_, queries) => queries.deliveriesOf(eventId)),
    deadLetters: (which) => guard((_, queries) => queries.deadLetters(which)),
    notifications: (limit) => ask((queries) => queries.notifications(limit)),
    queue: (destination) => guard((_, queries) => queries.queue(destination)),
    destinations: () => guard((_, queries) => queries.destinations()),
    lines: () => guard((_, queries) => queries.lines()),
    ruleState: () => guard((_, queries) => queries.ruleState()),
    bytes: () => guard((_, queries) => queries.bytes()),
    close() {
      if (!opened.store.db.isOpen) return;
      guard((store) => {
        requireInPlace(store.places);
        saveInbox(store, now);
      });
      opened.store.db.close();
      lock.close();
    },
  };
}

function open(files: JournalFiles, options: JournalOptions, deps: JournalDeps, firstSeq: number): Opened {
  try {
    return ready(openStore(files, options, deps, firstSeq), undefined);
  } catch (error) {
    if (!isCorrupt(error)) throw translate(error, options.path);
    return translated(options.path, () => renew(files, options, deps, firstSeq, error));
  }
}

function renew(
  files: JournalFiles,
  options: JournalOptions,
  deps: JournalDeps,
  firstSeq: number,
  cause: unknown,
): Opened {
  const { store, recovery } = recover(files, deps.nowMs, () => openStore(files, options, deps, firstSeq));
  deps.log.error(
    { err: cause, aside: recovery.asideAs, checkpoints: recovery.checkpoints },
    'the journal was corrupt: it is put aside and a new one begun',
  );
  return ready(store, recovery);
}

/** An event that cannot be parsed was not written by us: the file is damaged in a place that SQLite does not check. */
function strict(restore: JournalDeps['restore']): JournalDeps['restore'] {
  return (json) => {
    try {
      return restore(json);
    } catch (error) {
      throw error instanceof SyntaxError ? new CorruptError('a stored event is no JSON') : error;
    }
  };
}

function openStore(files: JournalFiles, options: JournalOptions, deps: JournalDeps, firstSeq: number): Store {
  createFile(files.folder, files.database);
  const codec = createCodec(options.encryption);
  const db = openDatabase(files.database, options, codec, deps.pagesMax);
  try {
    const wal = createWal(db, files.database, options, deps.log);
    const store = createStore(db, options, codec, wal, strict(deps.restore), deps.nowMs);
    // Deliveries of a file that was put aside may be under way: their numbers must not come again.
    store.nextSeq = Math.max(store.nextSeq, firstSeq);
    dropOldBlocks(store);
    store.resealing = startResealing(store, deps.log);
    store.places = placesOf(openPaths(files));
    return store;
  } catch (error) {
    db.close();
    throw error;
  }
}

function ready(store: Store, recovery: Recovery | undefined): Opened {
  return { store, queries: createQueries(store), recovery };
}
