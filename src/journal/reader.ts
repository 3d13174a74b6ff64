import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { OperationalError } from '../core/errors.ts';
import type { SafeEvent } from '../core/event.ts';
import { createCodec } from './codec.ts';
import { translate, translated } from './failure.ts';
import { requireKeys } from './forms.ts';
import { journalFiles } from './files.ts';
import type { JournalOptions, JournalQueries } from './journal.ts';
import { createQueries } from './queries.ts';
import { newerError, readVersion, schemaVersion } from './schema.ts';

/** Opens a journal for questions only, beside its running owner or without one. Throws OperationalError. */
export function openJournalReader(
  { path, encryption }: Pick<JournalOptions, 'path' | 'encryption'>,
  restore: (json: string) => SafeEvent,
): JournalQueries {
  const { database } = journalFiles(path);
  if (!existsSync(database)) throw new OperationalError('io', `there is no journal in ${path}`);
  return translated(path, () => {
    const db = new DatabaseSync(database, { readOnly: true, timeout: 5000 });
    try {
      db.exec('PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY');
      requireVersion(db, database);
      const codec = createCodec(encryption);
      requireKeys(db, codec, database);
      return guarded(db, path, createQueries({ db, restore, codec }));
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function requireVersion(db: DatabaseSync, path: string): void {
  const version = readVersion(db);
  if (version > schemaVersion) throw newerError(path, version);
  if (version < schemaVersion) {
    throw new OperationalError('io', `journal ${path} is of an older herald: start this one on it once`);
  }
}

function guarded(db: DatabaseSync, path: string, queries: Omit<JournalQueries, 'close'>): JournalQueries {
  /** One question sees one state of the journal, whatever its owner writes meanwhile. */
  function ask<T>(question: () => T): T {
    try {
      db.exec('BEGIN');
      return question();
    } catch (error) {
      throw translate(error, path);
    } finally {
      if (db.isTransaction) db.exec('ROLLBACK');
    }
  }
  return {
    search: (query) => ask(() => queries.search(query)),
    deliveriesOf: (eventId) => ask(() => queries.deliveriesOf(eventId)),
    deadLetters: (which) => ask(() => queries.deadLetters(which)),
    notifications: (limit) => ask(() => queries.notifications(limit)),
    queue: (destination) => ask(() => queries.queue(destination)),
    destinations: () => ask(() => queries.destinations()),
    lines: () => ask(() => queries.lines()),
    ruleState: () => ask(() => queries.ruleState()),
    bytes: () => ask(() => queries.bytes()),
    close: () => db.close(),
  };
}
