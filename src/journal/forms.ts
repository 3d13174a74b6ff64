import type { DatabaseSync } from 'node:sqlite';
import { OperationalError } from '../core/errors.ts';
import { plain, type Codec, type Form } from './codec.ts';
import { text } from './row.ts';

/**
 * Which forms the records of a file may have is kept in `meta`, one row for each: written before the first record of a form, and removed
 * when there is none left. A file without such rows has never been encrypted.
 */
const prefix = 'form_';

export function readForms(db: DatabaseSync): ReadonlySet<Form> {
  const rows = db.prepare(`SELECT key FROM meta WHERE key GLOB '${prefix}*'`).all();
  return new Set(rows.length === 0 ? [plain] : rows.map((row) => text(row, 'key').slice(prefix.length)));
}

/** These are the forms that there are from now on. Needs an open transaction. */
export function writeForms(db: DatabaseSync, forms: Iterable<Form>): void {
  db.exec(`DELETE FROM meta WHERE key GLOB '${prefix}*'`);
  const insert = db.prepare('INSERT INTO meta VALUES (?, 1)');
  for (const form of forms) insert.run(prefix + form);
}

/** Throws OperationalError `journal_key` for a file with records that no configured key can read, and names the key. */
export function requireKeys(db: DatabaseSync, codec: Codec, path: string): void {
  const missing = [...readForms(db)].filter((form) => !codec.forms.has(form));
  if (missing.length === 0) return;
  const given = [...codec.forms].filter((form) => form !== plain);
  throw new OperationalError(
    'journal_key',
    `journal ${path} is encrypted with the key ${missing.join(' and the key ')}, ${
      given.length === 0 ? 'and none is configured' : `which is not configured (${given.join(', ')} is)`
    }: give it as journal.encryption.key, or in journal.encryption.previous to have it replaced`,
  );
}
