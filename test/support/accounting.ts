import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { families, type Family, type FamilyCounts } from '../../src/core/family.ts';
import type { Ledger } from './kubelet/ledger.ts';

/** Lines by family of the one source, deliveries of the one destination: what a daemon says about itself in one place. */
export interface Books {
  readonly lines: FamilyCounts;
  readonly made: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly shed: number;
}

/** The books as /readyz has them. */
export function booksOfReadiness(page: string): Books {
  const { lines, destinations }: { lines: { file?: FamilyCounts }; destinations: { out: Books } } = JSON.parse(page);
  const { made, delivered, pending, dead, shed } = destinations.out;
  return { lines: lines.file ?? {}, made, delivered, pending, dead, shed };
}

/** The books as /metrics has them. What it counts from the start of the process is added to what the journal held `before`. */
export function booksOfMetrics(page: string, before: Books): Books {
  const sum = (name: string, ...labels: readonly string[]): number =>
    page
      .split('\n')
      .filter((line) => line.startsWith(`herald_${name}{`) && labels.every((label) => line.includes(label)))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
  const out = 'destination="out"';
  const lines: { [F in Family]?: number } = {};
  for (const family of families) {
    const count = sum('lines_total', 'source="file"', `family="${family}"`) + (before.lines[family] ?? 0);
    if (count > 0) lines[family] = count;
  }
  return {
    lines,
    made: sum('deliveries_made_total', out),
    delivered: sum('deliveries_total', out, 'outcome="delivered"') + before.delivered,
    pending: sum('delivery_queue', out),
    dead: sum('dead_letters', out),
    shed: sum('deliveries_total', out, 'outcome="shed"') + before.shed,
  };
}

/** The books as the journal in a folder holds them, whether a daemon has it open or died in it. All zero when there is no journal. */
export function booksOfJournal(folder: string): Books {
  if (!existsSync(join(folder, 'herald.db'))) return { lines: {}, made: 0, delivered: 0, pending: 0, dead: 0, shed: 0 };
  return reading(folder, (db) => {
    const lines: { [F in Family]?: number } = {};
    for (const row of db.prepare('SELECT family, count FROM line_count').all()) {
      const family = families.find((one) => one === row['family']);
      if (family !== undefined) lines[family] = Number(row['count']);
    }
    const out = db.prepare(`SELECT made, delivered, dead, shed FROM destination WHERE name = 'out'`).get() ?? {};
    const of = (name: string): number => Number(out[name] ?? 0);
    const pending = Number(db.prepare('SELECT count(*) AS n FROM delivery WHERE state = 0').get()?.['n']);
    return { lines, made: of('made'), delivered: of('delivered'), pending, dead: of('dead'), shed: of('shed') };
  });
}

/** The serials of the events in a journal in the order of writing; herald's own events have none. */
export function serialsOfJournal(folder: string): readonly number[] {
  return reading(folder, (db) => {
    const serials: number[] = [];
    for (const row of db
      .prepare(
        `SELECT body ->> '$.user.pk' AS serial FROM (SELECT seq, CAST(body AS TEXT) AS body FROM event) ORDER BY seq`,
      )
      .iterate()) {
      const { serial } = row;
      if (typeof serial === 'number') serials.push(serial);
    }
    return serials;
  });
}

/** How many events of each action a journal holds. */
export function actionsOfJournal(folder: string): { readonly [action: string]: number } {
  return reading(folder, (db) => {
    const rows = db
      .prepare(`SELECT CAST(body AS TEXT) ->> 'action' AS action, count(*) AS n FROM event GROUP BY 1`)
      .all();
    return Object.fromEntries(rows.map((row) => [String(row['action']), Number(row['n'])]));
  });
}

function reading<T>(folder: string, read: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(folder, 'herald.db'), { readOnly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

/** Nothing is read without being counted: the lines read are the lines written. */
export function assertLinesLaw(lines: FamilyCounts, ledger: Ledger, where: string): void {
  const { event = 0, unparsable = 0, oversized = 0 } = lines;
  const all = Object.values(lines).reduce((total, count) => total + count, 0);
  const read = { events: event, others: all - event - unparsable - oversized, unparsable, oversized };
  const { events, others } = ledger;
  const wrote = { events, others, unparsable: ledger.unparsable, oversized: ledger.oversized };
  assert.deepEqual(read, wrote, `lines read are the lines written (${where})`);
}

/** Nothing is made without an end or a place in the queue. */
export function assertDeliveriesLaw({ made, delivered, pending, dead, shed }: Books, where: string): void {
  assert.equal(made, delivered + pending + dead + shed, `made = delivered + pending + dead + shed (${where})`);
}

/** Every serial exactly once in the journal and, unless it was given up, at least once at the sink; in order per log in both. */
export function assertSerials(ledger: Ledger, journal: readonly number[], sink: readonly number[]): void {
  assertOrder(ledger, journal, 'journal');
  assert.equal(journal.length, ledger.events, 'nothing is twice in the journal, and nothing else in it');
  assertOrder(ledger, sink, 'sink');
}

/** Every serial, and at its first occurrence in the order of its log. */
export function assertOrder(ledger: Ledger, serials: readonly number[], where: string): void {
  const first = [...new Set(serials)];
  for (const { name, from, to } of ledger.logs) {
    const wanted = Array.from({ length: to - from }, (_, at) => from + at);
    const actual = first.filter((serial) => serial >= from && serial < to);
    const there = new Set(actual);
    const missing = wanted.filter((serial) => !there.has(serial));
    // deepEqual of ten thousand numbers says little.
    assert.equal(
      missing.length,
      0,
      `${where} of ${name}: ${missing.length} are missing: ${missing.slice(0, 10).join(', ')}`,
    );
    const at = actual.findIndex((serial, index) => serial !== wanted[index]);
    assert.equal(at, -1, `${where} of ${name}: the order breaks at ${actual.slice(at, at + 5).join(', ')}`);
  }
}
