import assert from 'node:assert/strict';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Journal } from '../../src/journal/journal.ts';
import { batch, deliver, entry, idOf, limit, open, range, storedIds, t0, tempFolder } from './harness.ts';

const pageBytes = 8192;

/** A closed journal with 500 pending events and a checkpoint. */
function written(): { readonly path: string; readonly file: string } {
  const path = tempFolder();
  const journal = open(path);
  journal.append(
    batch(
      range(0, 500).map((n) => entry(n, ['chat'], 2000)),
      { checkpoints: new Map([['f', { next: 7, open: {} }]]) },
    ),
    t0,
  );
  deliver(journal, 'chat', t0, 100);
  journal.close();
  return { path, file: join(path, 'herald.db') };
}

function overwrite(file: string, offset: number, bytes: Buffer): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, offset);
  closeSync(handle);
}

function works(journal: Journal): void {
  assert.deepEqual(storedIds(journal), []);
  journal.append(batch([entry(900)]), t0);
  assert.equal(journal.lease('chat', limit, t0).length, 1);
}

function asides(path: string): readonly string[] {
  return readdirSync(path)
    .filter((name) => /\.corrupt-[^-]*$/.test(name))
    .sort();
}

test('a file that is no database is put aside, unchanged, and a new journal begun', () => {
  const { path, file } = written();
  overwrite(file, 0, Buffer.alloc(100, 'rubbish'));
  const bytes = readFileSync(file);
  const journal = open(path);
  assert.deepEqual(asides(path), ['herald.db.corrupt-20260115T090000000Z']);
  assert.deepEqual(journal.recovered(), {
    asideAs: join(path, 'herald.db.corrupt-20260115T090000000Z'),
    checkpoints: 0,
  });
  assert.match(journal.logged[0]?.message ?? '', /put aside/);
  assert(readFileSync(join(path, asides(path)[0] ?? '')).equals(bytes));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  works(journal);
  journal.close();
  const next = open(path);
  assert.equal(next.recovered(), undefined);
  assert.deepEqual(storedIds(next), [idOf(900)]);
});

test('a file that was cut off gives back its checkpoints and its accounts', () => {
  const { path, file } = written();
  truncateSync(file, Math.floor(statSync(file).size / 2 / pageBytes) * pageBytes);
  const journal = open(path);
  assert.equal(journal.recovered()?.checkpoints, 1);
  assert.deepEqual(journal.checkpoints('server'), new Map([['f', { next: 7, open: {} }]]));
  assert.deepEqual(journal.lines(), new Map([['server', { event: 500 }]]));
  // The deliveries that were in the file are lost, and not silently.
  assert.partialDeepStrictEqual(journal.queue('chat'), { made: 500, delivered: 100, pending: 0, shed: 400 });
  works(journal);
  assert.partialDeepStrictEqual(journal.queue('chat'), { made: 501, pending: 1 });
});

test('an empty file is a new journal', () => {
  const { path, file } = written();
  truncateSync(file, 0);
  const journal = open(path);
  assert.equal(journal.recovered(), undefined);
  works(journal);
});

test('a page that proves bad while running is survived without a restart', () => {
  const { path, file } = written();
  const journal = open(path);
  const [last] = journal.lease('chat', limit, t0).slice(-1);
  journal.close();
  // Everything but the first pages, which opening looks at.
  const root = rootOf(file, 'event');
  const again = open(path);
  overwrite(file, (root - 1) * pageBytes, Buffer.alloc(pageBytes, 0xff));
  const result = again.append(batch([entry(901)], { checkpoints: new Map([['f', { next: 8, open: {} }]]) }), t0 + 5);
  // Either the page was still in memory, or the append went to the new file.
  assert.equal(result.status, 'done');
  again.close();
  overwrite(file, (rootOf(file, 'event') - 1) * pageBytes, Buffer.alloc(pageBytes, 0xff));
  const third = open(path, {}, { nowMs: t0 + 10 });
  assert.notEqual(third.recovered(), undefined);
  assert.deepEqual(third.checkpoints('server'), new Map([['f', { next: 8, open: {} }]]));
  assert(last !== undefined);
});

function rootOf(file: string, table: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const root = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.['rootpage'];
  db.close();
  assert(typeof root === 'number');
  return root;
}

test('what is under way when the file is put aside is not taken for something new', () => {
  const { path, file } = written();
  const journal = open(path);
  const leased = journal.lease('chat', { items: 5, bytes: 1e9 }, t0);
  // All pages of events and deliveries, so that whatever is asked next hits one.
  const size = statSync(file).size;
  overwrite(file, 20 * pageBytes, Buffer.alloc(size - 20 * pageBytes, 0xff));
  for (let rounds = 0; journal.recovered() === undefined; rounds += 1) {
    assert(rounds < 100);
    journal.search({ order: 'oldest', limit: 10_000 });
  }
  assert.equal(asides(path).length, 1);
  journal.append(batch([entry(902)]), t0 + 1);
  journal.settle(
    'chat',
    leased.map(({ seq }) => ({ seq, state: 'delivered' })),
    t0 + 1,
  );
  const [pending] = journal.lease('chat', limit, t0 + 1);
  assert.equal(pending?.event.id, idOf(902));
  assert((pending?.seq ?? 0) > Math.max(...leased.map(({ seq }) => seq)));
});

test('an event whose text is damaged ends the file too, not the process', () => {
  const { path, file } = written();
  const db = new DatabaseSync(file);
  db.exec(`UPDATE event SET body = substr(body, 1, 50) WHERE seq = 77`);
  db.close();
  const journal = open(path);
  assert.deepEqual(journal.search({ order: 'oldest', limit: 500 }), []);
  assert.equal(journal.recovered()?.checkpoints, 1);
  works(journal);
});

test('of the files that were put aside three are kept', () => {
  const path = tempFolder();
  for (const n of range(0, 5)) {
    writeFileSync(join(path, 'herald.db'), 'no database at all '.repeat(100), { mode: 0o600 });
    open(path, {}, { nowMs: t0 + n }).close();
  }
  assert.deepEqual(
    asides(path),
    [2, 3, 4].map((n) => `herald.db.corrupt-20260115T09000000${n}Z`),
  );
});
