import type { StatementSync } from 'node:sqlite';
import { families, type FamilyCounts } from '../core/family.ts';
import type { Codec } from './codec.ts';
import { CorruptError } from './failure.ts';
import type { DeliveryRow, JournalQueries, NotificationRow, QueueState } from './journal.ts';
import { severityAt } from './lease.ts';
import type { Contents } from './contents.ts';
import { hex, int, optionalText, text, type Row } from './row.ts';
import { readRuleState } from './rule-fold.ts';
import { deliveriesPerEvent as per, states } from './schema.ts';
import { search, seqsOfId } from './search.ts';

const listMax = 10_000;
const eventsOfPrefixMax = 10;

/** The questions that need nothing but the database; the owner and a reader ask them alike. */
export function createQueries(contents: Contents): Omit<JournalQueries, 'close'> {
  const { db, codec } = contents;
  const counters = db.prepare('SELECT id, made, delivered, dead, shed FROM destination WHERE name = ?');
  const counts = db.prepare('SELECT source, family, count FROM line_count');
  const oldest = db.prepare(
    `SELECT e.at FROM event e WHERE e.seq = (SELECT seq / ${per} FROM delivery INDEXED BY delivery_pending
     WHERE destination = ? AND state = 0 ORDER BY delivery.seq LIMIT 1)`,
  );
  const used = db.prepare(
    `SELECT (c.page_count - f.freelist_count) * s.page_size AS bytes
     FROM pragma_page_count c, pragma_freelist_count f, pragma_page_size s`,
  );
  return {
    search: (query) => search(contents, query),
    deliveriesOf: (id) => seqsOfId(db, id, eventsOfPrefixMax).flatMap((seq) => deliveriesOfEvent(contents, seq)),
    deadLetters: (options) => deadLetters(contents, options),
    notifications: (limit) => notifications(contents, limit),
    queue(destination) {
      const row = counters.get(destination);
      if (row === undefined) return { pending: 0, dead: 0, delivered: 0, shed: 0, made: 0, oldestAt: undefined };
      const head = oldest.get(int(row, 'id'));
      return queueOf(row, head === undefined ? undefined : int(head, 'at'));
    },
    destinations: () =>
      db
        .prepare('SELECT name FROM destination ORDER BY name')
        .all()
        .map((row) => text(row, 'name')),
    lines: () => lines(counts),
    ruleState: () => readRuleState(db, codec),
    bytes: () => int(used.get() ?? {}, 'bytes'),
  };
}

function queueOf(row: Row, oldestAt: number | undefined): QueueState {
  const counts = {
    made: int(row, 'made'),
    delivered: int(row, 'delivered'),
    dead: int(row, 'dead'),
    shed: int(row, 'shed'),
  };
  return { ...counts, pending: counts.made - counts.delivered - counts.dead - counts.shed, oldestAt };
}

const deliveryColumns = `SELECT d.*, e.id AS event_id, t.name AS destination_name, r.name AS rule_name
  FROM delivery d JOIN event e ON e.seq = d.seq / ${per} JOIN destination t ON t.id = d.destination JOIN rule r ON r.id = d.rule`;

function deliveriesOfEvent({ db, codec }: Contents, seq: number): readonly DeliveryRow[] {
  return db
    .prepare(`${deliveryColumns} WHERE d.seq >= ? AND d.seq < ? ORDER BY d.seq`)
    .all(seq * per, (seq + 1) * per)
    .map((row) => deliveryRow(codec, row));
}

function deadLetters(
  { db, codec }: Contents,
  { destination, limit }: { readonly destination?: string; readonly limit: number },
): readonly DeliveryRow[] {
  return db
    .prepare(`${deliveryColumns} WHERE d.state = 2 AND (?1 IS NULL OR t.name = ?1) ORDER BY d.seq DESC LIMIT ?2`)
    .all(destination ?? null, Math.min(limit, listMax))
    .map((row) => deliveryRow(codec, row));
}

function deliveryRow(codec: Codec, row: Row): DeliveryRow {
  const state = (['pending', 'delivered', 'dead'] as const).find((name) => states[name] === int(row, 'state'));
  if (state === undefined) throw new CorruptError(`delivery state ${int(row, 'state')}`);
  return {
    seq: int(row, 'seq'),
    eventId: hex(row, 'event_id'),
    destination: text(row, 'destination_name'),
    rule: text(row, 'rule_name'),
    severity: severityAt(int(row, 'severity')),
    state,
    attempts: int(row, 'attempts'),
    dueAt: int(row, 'due_at'),
    updatedAt: int(row, 'updated'),
    reason: optionalText(row, 'reason'),
    detail:
      row['detail'] === null
        ? undefined
        : codec.openText(['detail', int(row, 'destination'), ''], row['detail'] ?? null),
  };
}

function notifications({ db, codec }: Contents, limit: number): readonly NotificationRow[] {
  return db
    .prepare('SELECT * FROM notification ORDER BY seq DESC LIMIT ?')
    .all(Math.min(limit, listMax))
    .map((row) => {
      const key = text(row, 'key');
      return {
        key,
        eventId: text(row, 'event_id'),
        at: int(row, 'at'),
        rule: text(row, 'rule'),
        severity: text(row, 'severity'),
        title: codec.openText(['title', 0, key], row['title'] ?? null),
        summary: codec.openText(['summary', 0, key], row['summary'] ?? null),
      };
    });
}

function lines(counts: StatementSync): ReadonlyMap<string, FamilyCounts> {
  const found = new Map<string, FamilyCounts>();
  for (const row of counts.all()) {
    const source = text(row, 'source');
    const ofSource = found.get(source) ?? {};
    found.set(source, ofSource);
    const family = families.find((name) => name === text(row, 'family'));
    if (family !== undefined) ofSource[family] = int(row, 'count');
  }
  return found;
}
