import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { OperationalError } from '../../src/core/errors.ts';
import { createCodec } from '../../src/journal/codec.ts';
import type { Encryption, EventQuery, Journal, Settlement } from '../../src/journal/journal.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import {
  batch,
  changesOf,
  day,
  event,
  idOf,
  keyOf,
  limit,
  maintainAll,
  open,
  rememberedOf,
  range,
  restore,
  storedIds,
  t0,
  tempFolder,
} from './harness.ts';

const first: Encryption = { key: keyOf(1), previous: [] };
const second: Encryption = { key: keyOf(2), previous: [keyOf(1)] };
const idOfKey = (n: number): string => createCodec({ key: keyOf(n), previous: [] }).form;

/** One for every way into the journal that text of events has. */
const plants = ['PlantUser', 'PlantMessage', 'PlantDetail', 'PlantTitle', 'PlantSummary', 'PlantWindow', 'PlantCount'];

/** Which of them are anywhere in the files of a folder; the index writes words in lower case. */
function found(path: string): readonly string[] {
  const text = readdirSync(path)
    .map((name) => readFileSync(join(path, name), 'latin1'))
    .join('')
    .toLowerCase();
  return plants.filter((plant) => text.includes(plant.toLowerCase()));
}

function planted(n: number) {
  return {
    event: event(n, {
      user: { username: `PlantUser${n}` },
      context: { message: `PlantMessage${n} ${'and more of it '.repeat(n % 40)}` },
    }),
    deliveries: ['chat', 'siem'].map((destination) => ({ rule: 'all', severity: 'notice' as const, destination })),
  };
}

/** A life with deliveries, failures, notifications, rules over time, searches, upkeep and pruning; `look` looks at the files in between. */
function live(path: string, encryption: Encryption | undefined, look: () => void): void {
  const options = { maxBytes: 4 * 1024 * 1024, ...(encryption !== undefined && { encryption }) };
  let journal = open(path, options);
  for (const round of range(0, 8)) {
    const nowMs = t0 + round * 10_000;
    const ruleState = changesOf([
      [`spray PlantWindow${round}`, { PlantCount: round }],
      [`spray PlantWindow${round - 1}`, round % 2 === 0 ? null : `PlantCount ${'x'.repeat(50_000)}`],
    ]);
    journal.append(batch(range(round * 100, round * 100 + 100).map(planted), { ruleState }), nowMs);
    look();
    for (const destination of ['chat', 'siem']) {
      const leased = journal.lease(destination, limit, nowMs);
      const key = `${leased[0]?.key} ${destination}`;
      journal.putNotification({
        key,
        eventId: idOf(1),
        at: nowMs,
        rule: 'all',
        severity: 'alert',
        title: 'PlantTitle',
        summary: 'PlantSummary',
      });
      journal.settle(destination, leased.map(outcome), nowMs);
    }
    journal.search({ order: 'newest', limit: 10, search: `plantmessage${round * 100}`, action: 'login' });
    maintainAll(journal, nowMs + 5000);
    look();
    if (round % 3 !== 2) continue;
    journal.close();
    look();
    journal = open(path, options);
  }
  // Most of it is too old by now.
  maintainAll(journal, t0 + day + 55_000);
  look();
  assert.equal(journal.logged.length, 0, JSON.stringify(journal.logged));
  journal.close();
  look();
}

function outcome({ seq }: { readonly seq: number }): Settlement {
  if (seq % 7 === 0) return { seq, state: 'dead', reason: 'invalid', detail: `PlantDetail ${seq % 3}` };
  if (seq % 11 === 0) return { seq, state: 'retry', dueAt: t0, reason: 'timeout', detail: 'PlantDetail' };
  return { seq, state: 'delivered' };
}

describe('what is known of events', () => {
  test('is in no file of an encrypted journal, whatever happens to it', () => {
    const path = tempFolder();
    let looks = 0;
    live(path, first, () => {
      looks += 1;
      assert.deepEqual(found(path), []);
    });
    assert(looks > 15);
  });

  test('is all in the files otherwise, so that the test above could fail', () => {
    const path = tempFolder();
    const seen = new Set<string>();
    live(path, undefined, () => {
      for (const plant of found(path)) seen.add(plant);
    });
    assert.deepEqual([...seen].sort(), [...plants].sort());
  });
});

test('a search finds the same with and without encryption', () => {
  const journals = [undefined, first].map((encryption) => {
    const journal = open(tempFolder(), encryption && { encryption });
    journal.append(batch(range(0, 400).map(planted)), t0);
    maintainAll(journal, t0 + 5000);
    return journal;
  });
  const queries: readonly Partial<EventQuery>[] = [
    {},
    { search: 'plantmessage1' },
    { search: 'PLANTUSER12 more' },
    { search: 'lantuser' },
    { user: 'PlantUser7' },
    { user: 'PlantUser7', search: 'login', action: 'login' },
    { user: 'plantuser7' },
    { id: idOf(8) },
    { sinceMs: t0 + 20, untilMs: t0 + 30, search: 'plant' },
    { clientIp: '203.0.113.7', order: 'newest', limit: 3 },
  ];
  for (const query of queries) {
    const [expected, got] = journals.map((journal) =>
      journal.search({ order: 'oldest', limit: 1000, ...query }).map(({ seq, event: { id } }) => ({ seq, id })),
    );
    assert.deepEqual(got, expected, JSON.stringify(query));
  }
});

function fill(path: string, encryption: Encryption | undefined): Journal {
  const journal = open(path, encryption && { encryption });
  journal.append(batch(range(0, 50).map(planted), { ruleState: changesOf([['spray ann', 7]]) }), t0);
  const leased = journal.lease('chat', limit, t0);
  journal.settle('chat', leased.slice(0, 20).map(outcome), t0);
  return journal;
}

function refused(...ids: readonly string[]): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof OperationalError, String(error));
    assert.equal(error.code, 'journal_key');
    for (const id of ids) assert(error.message.includes(id), error.message);
    assert.match(error.message, /journal\.encryption\.key.*journal\.encryption\.previous/);
    return true;
  };
}

test('with a wrong key or none it is not opened, the key that it wants is named, and nothing is lost', () => {
  const path = tempFolder();
  fill(path, first).close();
  const wrong: Encryption = { key: keyOf(3), previous: [keyOf(4)] };
  assert.throws(() => open(path), refused(idOfKey(1), 'none is configured'));
  assert.throws(() => open(path, { encryption: wrong }), refused(idOfKey(1), idOfKey(3), idOfKey(4)));
  assert.throws(() => openJournalReader({ path }, restore), refused(idOfKey(1)));
  assert.throws(() => openJournalReader({ path, encryption: wrong }, restore), refused(idOfKey(1)));
  assert.deepEqual(
    readdirSync(path).filter((name) => name.includes('corrupt')),
    [],
  );
  const reader = openJournalReader({ path, encryption: first }, restore);
  assert.equal(reader.search({ order: 'oldest', limit: 100 }).length, 50);
  assert.match(reader.deadLetters({ limit: 1 })[0]?.detail ?? '', /PlantDetail/);
  assert.deepEqual(reader.ruleState(), rememberedOf([['spray ann', 7]]));
  reader.close();
  const journal = open(path, { encryption: first });
  assert.deepEqual(journal.encryption(), { key: idOfKey(1), others: [], rewritten: 0 });
  assert.equal(storedIds(journal).length, 50);
});

test('a journal that was never encrypted knows nothing of it', () => {
  const journal = fill(tempFolder(), undefined);
  assert.equal(journal.encryption(), undefined);
});

function tamper(path: string, sql: string): void {
  const db = new DatabaseSync(join(path, 'herald.db'));
  db.exec(sql);
  db.close();
}

describe('what is changed on disk is treated as a damaged file', () => {
  const swap = (table: string, column: string, a: string, b: string): string =>
    `CREATE TEMP TABLE two AS SELECT ${column} AS one, (SELECT ${column} FROM ${table} WHERE ${b}) AS other FROM ${table} WHERE ${a};
     UPDATE ${table} SET ${column} = (SELECT other FROM two) WHERE ${a};
     UPDATE ${table} SET ${column} = (SELECT one FROM two) WHERE ${b};`;
  for (const [name, sql, ask] of [
    [
      'bodies that changed places',
      swap('event', 'body', 'seq = 30', 'seq = 31'),
      (journal: Journal) => storedIds(journal),
    ],
    [
      'an event under the id of another',
      `UPDATE event SET id = zeroblob(16) WHERE seq = 30`,
      (journal: Journal) => storedIds(journal),
    ],
    [
      'a body for a detail',
      `UPDATE delivery SET detail = (SELECT body FROM event WHERE seq = 1) WHERE state = 2`,
      (journal: Journal) => journal.deadLetters({ limit: 9 }),
    ],
    [
      'a title for a summary',
      `UPDATE notification SET summary = title`,
      (journal: Journal) => journal.notifications(9),
    ],
    [
      'a tag',
      `UPDATE event SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE seq = 30`,
      (journal: Journal) => journal.lease('siem', limit, t0),
    ],
  ] as const) {
    test(name, () => {
      const path = tempFolder();
      const filled = fill(path, first);
      filled.putNotification({
        key: 'k',
        eventId: idOf(1),
        at: t0,
        rule: 'all',
        severity: 'alert',
        title: 'T',
        summary: 'S',
      });
      filled.close();
      tamper(path, sql);
      const journal = open(path, { encryption: second });
      assert.deepEqual(ask(journal), []);
      assert.match(
        String(journal.logged[0]?.fields['err' as never]),
        /was changed on disk, or moved there from another place/,
      );
      // What rules remember is saved, under the key of now.
      assert.deepEqual(journal.ruleState(), rememberedOf([['spray ann', 7]]));
      journal.close();
      const later = open(path, { encryption: { key: keyOf(2), previous: [] } });
      assert.deepEqual(later.ruleState(), rememberedOf([['spray ann', 7]]));
      assert.deepEqual(found(path), []);
    });
  }
});
