import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { alertAction } from '../../src/core/action.ts';
import { asObject } from '../../src/core/json.ts';
import { deliveriesPerEvent } from '../../src/journal/schema.ts';

/** A delivery as the journal's file has it. */
export interface Row {
  /** Of its event, in hexadecimal digits. */
  readonly id: string;
  readonly destination: string;
  readonly rule: string;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly reason: string | null;
}

/** An event as the journal's file has it. */
export interface StoredEvent {
  readonly id: string;
  /** What herald's own event about several others tells; undefined for others' events. */
  readonly alert: { readonly rule: unknown; readonly count: unknown; readonly last: unknown } | undefined;
}

/** The rows of a journal, read behind the back of whoever has it open. */
export interface Rows {
  /** The events in the order of writing, and the deliveries. */
  read(): { readonly stored: readonly StoredEvent[]; readonly deliveries: readonly Row[] };
  /** To be called before the owner closes the journal, which does more as the last to leave. */
  close(): void;
}

const states = ['pending', 'delivered', 'dead'] as const;

/** One connection for as long as the owner lives: to open one costs more than to read everything. */
export function openRows(folder: string): Rows {
  const db = new DatabaseSync(join(folder, 'herald.db'), { readOnly: true });
  const ask = (sql: string): (() => readonly (readonly unknown[])[]) => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    return () => statement.all() as unknown as readonly (readonly unknown[])[];
  };
  const events = ask(
    `SELECT seq, lower(hex(id)), CASE WHEN instr(body, '"${alertAction}"') > 0 THEN CAST(body AS TEXT) END FROM event ORDER BY seq`,
  );
  const deliveries = ask('SELECT seq, destination, rule, state, reason FROM delivery ORDER BY seq');
  const names = [ask('SELECT id, name FROM destination'), ask('SELECT id, name FROM rule')] as const;
  return {
    read() {
      const stored = events();
      const ids = new Map(stored.map(([seq, id]) => [Number(seq), String(id)]));
      const [destinations, rules] = names.map((all) => new Map(all().map(([id, name]) => [id, String(name)])));
      const rows = deliveries().map(([seq, destination, rule, state, reason]) => ({
        id: known(ids.get(Math.floor(Number(seq) / deliveriesPerEvent))),
        destination: known(destinations?.get(destination)),
        rule: known(rules?.get(rule)),
        state: known(states[Number(state)]),
        reason: typeof reason === 'string' ? reason : null,
      }));
      return { stored: stored.map(([, id, body]) => ({ id: String(id), alert: alertIn(body) })), deliveries: rows };
    },
    close: () => db.close(),
  };
}

function alertIn(body: unknown): StoredEvent['alert'] {
  if (typeof body !== 'string') return undefined;
  const event = asObject(JSON.parse(body));
  const { rule, count, last_event: last } = asObject(event?.['context']) ?? {};
  return { rule, count, last: asObject(last)?.['id'] };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a row refers to what is not there');
  return value;
}
