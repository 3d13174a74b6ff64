import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { alertAction } from '../../src/core/action.ts';
import { asObject } from '../../src/core/json.ts';
import { deliveriesPerEvent } from '../../src/journal/schema.ts';
import type { Keys } from './keys.ts';
import { alertReceiver } from './plan.ts';

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
  readonly writtenMs: number;
  /** Rules of which the receiver of alerts is to be told of it. */
  readonly told: ReadonlySet<string>;
  /** What herald's own event about several others tells; undefined for others' events. */
  readonly alert: Alert | undefined;
}

export interface Alert {
  readonly rule: unknown;
  readonly count: number;
  /** Of the first and of the last event. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly writtenMs: number;
  /** What all events have in common, for a rule that tells them apart by it. */
  readonly clientIp: string | undefined;
  /** Of the last event. */
  readonly lastId: unknown;
  readonly title: string;
}

/** The rows of a journal, read behind the back of whoever has it open. */
export interface Rows {
  /** The events in the order of writing, and the deliveries. */
  read(): { readonly stored: readonly StoredEvent[]; readonly deliveries: readonly Row[] };
  /** How many events are there in encrypted form, and in plain text. */
  forms(): { readonly sealed: number; readonly plain: number };
  /** To be called before the owner closes the journal, which does more as the last to leave. */
  close(): void;
}

const states = ['pending', 'delivered', 'dead'] as const;

const isSealed = `substr(CAST(body AS BLOB), 1, 1) = x'01'`;

/** One connection for as long as the owner lives: to open one costs more than to read everything. */
export function openRows(folder: string, keys: Keys): Rows {
  const db = new DatabaseSync(join(folder, 'herald.db'), { readOnly: true });
  const ask = (sql: string): (() => readonly (readonly unknown[])[]) => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    return () => statement.all() as unknown as readonly (readonly unknown[])[];
  };
  const events = ask(
    `SELECT seq, lower(hex(id)), written,
       CASE WHEN ${isSealed} OR instr(body, '"${alertAction}"') > 0 THEN CAST(body AS BLOB) END
     FROM event ORDER BY seq`,
  );
  const forms = ask(`SELECT count(*) FILTER (WHERE ${isSealed}), count(*) FILTER (WHERE NOT ${isSealed}) FROM event`);
  const deliveries = ask('SELECT seq, destination, rule, state, reason FROM delivery ORDER BY seq');
  const names = [ask('SELECT id, name FROM destination'), ask('SELECT id, name FROM rule')] as const;
  return {
    read() {
      const stored = events();
      const ids = new Map(stored.map(([seq, id]) => [Number(seq), String(id)]));
      const told = new Map(stored.map(([, id]) => [String(id), new Set<string>()]));
      const [destinations, rules] = names.map((all) => new Map(all().map(([id, name]) => [id, String(name)])));
      const rows = deliveries().map(([seq, destination, rule, state, reason]) => ({
        id: known(ids.get(Math.floor(Number(seq) / deliveriesPerEvent))),
        destination: known(destinations?.get(destination)),
        rule: known(rules?.get(rule)),
        state: known(states[Number(state)]),
        reason: typeof reason === 'string' ? reason : null,
      }));
      for (const { id, destination, rule } of rows) if (destination === alertReceiver) told.get(id)?.add(rule);
      return {
        stored: stored.map(([seq, id, written, body]) => ({
          id: String(id),
          writtenMs: Number(written),
          told: known(told.get(String(id))),
          alert:
            body instanceof Uint8Array
              ? alertIn(keys.read(`event ${String(seq)} ${String(id)}`, body), Number(written))
              : undefined,
        })),
        deliveries: rows,
      };
    },
    forms() {
      const [row] = forms();
      return { sealed: Number(row?.[0]), plain: Number(row?.[1]) };
    },
    close: () => db.close(),
  };
}

function alertIn(body: string, writtenMs: number): Alert | undefined {
  const event = asObject(JSON.parse(body));
  if (event?.['action'] !== alertAction) return undefined;
  const { rule, count, first, last, by, last_event: quoted } = asObject(event['context']) ?? {};
  const clientIp = asObject(by)?.['client_ip'];
  const lastEvent = asObject(quoted);
  return {
    rule,
    count: Number(count),
    firstMs: Date.parse(textOf(first)),
    lastMs: Date.parse(textOf(last)),
    writtenMs,
    clientIp: typeof clientIp === 'string' ? clientIp : undefined,
    lastId: lastEvent?.['id'],
    title: textOf(lastEvent?.['title']),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a row refers to what is not there');
  return value;
}
