import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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

/** The rows of a journal, read behind the back of whoever has it open. */
export interface Rows {
  /** The events' ids in the order of writing, and the deliveries. */
  read(): { readonly stored: readonly string[]; readonly deliveries: readonly Row[] };
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
  const events = ask('SELECT seq, lower(hex(id)) FROM event ORDER BY seq');
  const deliveries = ask('SELECT seq, destination, rule, state, reason FROM delivery ORDER BY seq');
  const names = [ask('SELECT id, name FROM destination'), ask('SELECT id, name FROM rule')] as const;
  return {
    read() {
      const ids = new Map(events().map(([seq, id]) => [Number(seq), String(id)]));
      const [destinations, rules] = names.map((all) => new Map(all().map(([id, name]) => [id, String(name)])));
      const rows = deliveries().map(([seq, destination, rule, state, reason]) => ({
        id: known(ids.get(Math.floor(Number(seq) / deliveriesPerEvent))),
        destination: known(destinations?.get(destination)),
        rule: known(rules?.get(rule)),
        state: known(states[Number(state)]),
        reason: typeof reason === 'string' ? reason : null,
      }));
      return { stored: [...ids.values()], deliveries: rows };
    },
    close: () => db.close(),
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a row refers to what is not there');
  return value;
}
