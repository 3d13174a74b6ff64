import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Journal, JournalDeps, JournalOptions, Leased } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open.ts';
import { day, encryption, restore, t0 } from './records.ts';

export * from './records.ts';

/** A folder that is gone when the file's tests are done. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'herald-journal-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Logged {
  readonly fields: object;
  readonly message: string;
}

/** `logged` has the errors of its log, `told` the rest. */
export function open(
  path: string,
  options: Partial<JournalOptions> = {},
  deps: Partial<JournalDeps> = {},
): Journal & { readonly logged: readonly Logged[]; readonly told: readonly Logged[] } {
  const [logged, told]: [Logged[], Logged[]] = [[], []];
  const into = (lines: Logged[]) => (fields: object, message: string) => void lines.push({ fields, message });
  const log = { info: into(told), error: into(logged) };
  const journal = openJournal(
    { path, retentionMs: day, maxBytes: 256 * 1024 * 1024, whenFull: 'block', ...encryption(), ...options },
    { restore, nowMs: t0, log, ...deps },
  );
  after(() => journal.close());
  return Object.assign(journal, { logged, told });
}

export const limit = { items: 1000, bytes: 1e9 };

/** Leases what is due and settles all of it as delivered. */
export function deliver(journal: Journal, destination: string, nowMs: number, items = 1000): readonly Leased[] {
  const leased = journal.lease(destination, { items, bytes: 1e9 }, nowMs);
  journal.settle(
    destination,
    leased.map(({ seq }) => ({ seq, state: 'delivered' })),
    nowMs,
  );
  return leased;
}

/** Runs upkeep to its end. */
export function maintainAll(journal: Journal, nowMs: number): void {
  for (let rounds = 0; journal.maintain(nowMs); rounds += 1) {
    if (rounds > 100_000) throw new Error('upkeep never ends');
  }
}

/** Ids of all events, oldest first. */
export function storedIds(journal: Journal): readonly string[] {
  return journal.search({ order: 'oldest', limit: 10_000 }).map(({ event }) => event.id);
}
