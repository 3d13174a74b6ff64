import { plain } from './codec.ts';
import { busyMs } from './database.ts';
import { readForms, writeForms } from './forms.ts';
import type { EncryptionState, JournalLog } from './journal.ts';
import { resealRows, tables } from './reseal-rows.ts';
import type { Resealing } from './resealing.ts';
import { pages } from './room.ts';
import { int } from './row.ts';
import { readMeta, transact, transactLazily, type Store } from './store.ts';
import { dropBlock } from './word-index.ts';

/** Done in pieces, one after the other. `later`: something is in the way, and other upkeep goes first. */
type Step = (store: Store, pass: Resealing) => 'more' | 'done' | 'later';

const steps: readonly Step[] = [
  dropIndex,
  ...tables.map((table): Step => {
    return (store, pass) => {
      const { next, rewritten } = resealRows(store, table, pass.after);
      pass.rewritten += rewritten;
      if (next === undefined) return 'done';
      pass.after = next;
      return 'more';
    };
  }),
  giveBackFreePages,
  emptyWal,
];

const vacuumPages = 64;

/**
 * Says in the file in which form records are written from now on, before there are any. Returns what is to be done so that all others
 * get it too, for which their keys are needed; undefined when nothing is.
 */
export function startResealing(store: Store, log: JournalLog): Resealing | undefined {
  const { db, codec } = store;
  const forms = readForms(db);
  const others = isUnused(store) ? [] : [...forms].filter((form) => form !== codec.form);
  if (!forms.has(codec.form)) transact(store, () => writeForms(db, [codec.form, ...others]));
  if (others.length === 0) return undefined;
  log.info({ from: others, to: codec.form }, 'encrypting the journal anew: keep its previous keys until this is done');
  // What is overwritten or deleted from now on leaves no trace in the file.
  db.exec('PRAGMA secure_delete = ON');
  return { others, log, step: 0, after: 0, rewritten: 0 };
}

/** See {@link Journal.encryption}. */
export function encryptionState({ codec, resealing }: Store): EncryptionState | undefined {
  if (codec.forms.size === 1) return undefined;
  return { key: codec.form, others: resealing?.others ?? [], rewritten: resealing?.rewritten ?? 0 };
}

/** One piece; false when there is nothing to do. */
export function resealPiece(store: Store): boolean {
  const pass = store.resealing;
  if (pass === undefined) return false;
  const step = steps[pass.step];
  if (step === undefined) return finish(store, pass);
  const state = step(store, pass);
  if (state === 'done') {
    pass.step += 1;
    pass.after = 0;
  }
  return state !== 'later';
}

/** Nothing was ever written into the file. */
function isUnused(store: Store): boolean {
  const row = store.db
    .prepare(
      `SELECT EXISTS (SELECT 1 FROM event) OR EXISTS (SELECT 1 FROM rule_state) OR EXISTS (SELECT 1 FROM rule_log) AS used`,
    )
    .get();
  return readMeta(store, 'next_seq') === 1 && row !== undefined && int(row, 'used') === 0;
}

/** The words of events may not stay beside their encrypted text. */
function dropIndex(store: Store): 'more' | 'done' {
  if (store.codec.form === plain) return 'done';
  return transactLazily(store, () => dropBlock(store)) ? 'more' : 'done';
}

/** Pages that were free before hold what was deleted. */
function giveBackFreePages(store: Store): 'more' | 'done' {
  if (pages(store).free === 0) return 'done';
  store.db.exec(`PRAGMA incremental_vacuum(${vacuumPages})`);
  return 'more';
}

/** Earlier states of pages are in the WAL until it is emptied, which a reader may prevent. */
function emptyWal({ db }: Store): 'done' | 'later' {
  db.exec('PRAGMA busy_timeout = 0');
  try {
    const row = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    return row !== undefined && int(row, 'busy') === 0 ? 'done' : 'later';
  } finally {
    db.exec(`PRAGMA busy_timeout = ${busyMs}`);
  }
}

function finish(store: Store, { others, log, rewritten }: Resealing): false {
  const { db, codec } = store;
  transact(store, () => writeForms(db, [codec.form]));
  db.exec('PRAGMA secure_delete = FAST');
  store.resealing = undefined;
  log.info(
    { from: others, to: codec.form, records: rewritten },
    'the journal is encrypted anew: its previous keys are not needed any more',
  );
  return false;
}
