import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventFacts } from '../../src/core/event.ts';
import type { EventQuery, Journal } from '../../src/journal/journal.ts';
import { character } from '../support/character.ts';
import { batch, event, idOf, maintainAll, open, range, t0, tempFolder } from './harness.ts';

function fill(journal: Journal, facts: readonly Partial<EventFacts>[], from = 0): void {
  const entries = facts.map((each, at) => ({ event: event(from + at, each), deliveries: [] }));
  journal.append(batch(entries), t0);
}

/** Numbers of the found events, as `event()` counts them. */
function numbers(journal: Journal, query: Partial<EventQuery>): readonly number[] {
  return journal.search({ order: 'oldest', limit: 1000, ...query }).map(({ event }) => event.at - t0);
}

const people: readonly Partial<EventFacts>[] = [
  { action: 'login', user: { username: 'ada.lovelace', email: 'ada@example.com' }, client_ip: '203.0.113.7' },
  { action: 'login_failed', user: { username: 'Ada' }, client_ip: '203.0.113.70' },
  { action: 'custom_thing', user: { username: 'grace' }, context: { message: 'Straße nach ÖSTERREICH 日本語' } },
  { action: 'login', user: {}, context: { geo: { city: 'Berlin', country: 'DE' } } },
];

test('fields are exact, words are beginnings of words without case, and all must hold', () => {
  const journal = open(tempFolder());
  fill(journal, people);
  assert.deepEqual(numbers(journal, {}), [0, 1, 2, 3]);
  assert.deepEqual(numbers(journal, { action: 'login' }), [0, 3]);
  assert.deepEqual(numbers(journal, { user: 'Ada' }), [1]);
  assert.deepEqual(numbers(journal, { clientIp: '203.0.113.7' }), [0]);
  assert.deepEqual(numbers(journal, { search: 'ADA' }), [0, 1]);
  assert.deepEqual(numbers(journal, { search: 'lovel 203.0.113' }), [0]);
  assert.deepEqual(numbers(journal, { search: 'österreich straß' }), [2]);
  assert.deepEqual(numbers(journal, { search: '日本' }), [2]);
  assert.deepEqual(numbers(journal, { search: 'erlin' }), []);
  assert.deepEqual(numbers(journal, { search: 'failed', action: 'login' }), []);
  assert.deepEqual(numbers(journal, { search: 'ada', action: 'login', sinceMs: t0, untilMs: t0 }), [0]);
  assert.deepEqual(numbers(journal, { sinceMs: t0 + 1, untilMs: t0 + 2 }), [1, 2]);
  assert.deepEqual(numbers(journal, { sinceMs: t0 + 99 }), []);
});

test('order, limit and pages', () => {
  const journal = open(tempFolder());
  fill(
    journal,
    range(0, 50).map((n) => ({ action: n % 2 === 0 ? 'login' : 'logout' })),
  );
  assert.deepEqual(numbers(journal, { order: 'newest', limit: 3 }), [49, 48, 47]);
  assert.deepEqual(numbers(journal, { limit: 2 }), [0, 1]);
  assert.deepEqual(numbers(journal, { limit: 0 }), []);
  const page = journal.search({ order: 'newest', limit: 5, action: 'login' });
  const next = { order: 'newest', limit: 2, action: 'login', beforeSeq: page.at(-1)?.seq ?? 0 } as const;
  assert.deepEqual(numbers(journal, next), [38, 36]);
  const newest = page[0]?.seq ?? 0;
  fill(journal, people, 50);
  assert.deepEqual(numbers(journal, { afterSeq: newest }), [49, 50, 51, 52, 53]);
});

test('an event is found by its id or the beginning of it', () => {
  const journal = open(tempFolder());
  fill(
    journal,
    range(0, 20).map(() => ({})),
  );
  assert.deepEqual(numbers(journal, { id: idOf(7) }), [7]);
  assert.deepEqual(numbers(journal, { id: idOf(7).slice(0, 7).toUpperCase() }), [7]);
  assert.deepEqual(numbers(journal, { id: idOf(7), action: 'logout' }), []);
  for (const id of ['', 'xyz', `${idOf(7)}0`, '%']) assert.deepEqual(numbers(journal, { id }), []);
});

// What is not indexed yet, what is indexed, and a mixture of both give the same.
test('the index finds what reading finds', () => {
  const names = ['ada', 'Ada', 'ada.lovelace', 'bob', "o'brien", '"', 'ADA LOVELACE', ''];
  const facts = range(0, 700).map((n) => ({
    action: ['login', 'login_failed', 'custom_x'][n % 3] ?? '',
    user: { username: names[n % names.length] ?? '' },
    client_ip: `10.0.${n % 4}.${n % 9}`,
    context: { message: `attempt ${n} of ${n % 13} at the gate` },
  }));
  const plain = open(tempFolder());
  const indexed = open(tempFolder());
  fill(plain, facts);
  fill(indexed, facts);
  maintainAll(indexed, t0);
  const word = fc.constantFrom(
    'ada',
    'lovelace',
    'att',
    'gate',
    '12',
    '1',
    'login',
    'fail',
    'custom_x',
    "o'brien",
    'zz',
  );
  const query = fc.record(
    {
      action: fc.constantFrom('login', 'login_failed', 'nothing'),
      user: fc.constantFrom(...names),
      clientIp: fc.constantFrom('10.0.1.1', '10.0.1', '10.0.0.0'),
      search: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
      sinceMs: fc.integer({ min: t0, max: t0 + 300 }),
      untilMs: fc.integer({ min: t0 + 400, max: t0 + 700 }),
      afterSeq: fc.integer({ min: 0, max: 300 }),
      beforeSeq: fc.integer({ min: 400, max: 710 }),
      order: fc.constantFrom('newest' as const, 'oldest' as const),
      limit: fc.integer({ min: 1, max: 300 }),
    },
    { requiredKeys: ['order', 'limit'] },
  );
  let hits = 0;
  fc.assert(
    fc.property(query, (each) => {
      const found = numbers(plain, each);
      hits += found.length;
      assert.deepEqual(numbers(indexed, each), found);
    }),
    { numRuns: 300, seed: 1 },
  );
  assert(hits > 300, `${hits}`);
});

test('nothing in a query is syntax', () => {
  const journal = open(tempFolder());
  fill(
    journal,
    range(0, 300).map((n) => ({ action: n === 5 ? 'login" OR "logout' : 'logout', user: { username: '§alogin' } })),
  );
  maintainAll(journal, t0);
  assert.deepEqual(numbers(journal, { action: 'login" OR "logout' }), [5]);
  assert.deepEqual(numbers(journal, { search: '§alogin', action: 'logout' }).length, 299);
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 30 }), (text) => {
      for (const query of [{ search: text }, { action: text }, { user: text }, { clientIp: text }, { id: text }]) {
        journal.search({ order: 'newest', limit: 5, ...query });
      }
    }),
    {
      numRuns: 60,
      seed: 2,
      examples: [['"'], ['*'], ['a OR b'], ['NEAR('], ['words:x'], ["'; --"], ['-'], ['\u0000']],
    },
  );
  for (const search of ['login OR nothing', 'NOT zebra', 'words : logout']) {
    assert.deepEqual(numbers(journal, { search }), [], search);
  }
});
