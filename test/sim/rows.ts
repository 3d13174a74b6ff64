import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
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
  readonly reason: string | undefined;
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
const eventsSql = `SELECT seq, lower(hex(id)), written,
  CASE WHEN ${isSealed} OR instr(body, '"${alertAction}"') > 0 THEN CAST(body AS BLOB) END FROM event ORDER BY seq`;
const deliveriesSql = `SELECT d.seq, t.name, r.name, d.state, d.reason FROM delivery d
  LEFT JOIN destination t ON t.id = d.destination LEFT JOIN rule r ON r.id = d.rule ORDER BY d.seq`;
const formsSql = `SELECT count(*) FILTER (WHERE ${isSealed}), count(*) FILTER (WHERE NOT ${isSealed}) FROM event`;

/** One connection for as long as the owner lives, made when it is first needed: to open one costs more than to read everything. */
export function openRows(folder: string, keys: Keys): Rows {
  let db: DatabaseSync | undefined;
  const statements = new Map<string, StatementSync>();
  const ask = (sql: string): readonly (readonly unknown[])[] => {
    db ??= new DatabaseSync(join(folder, 'herald.db'), { readOnly: true });
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    statement.setReturnArrays(true);
    return statement.all() as unknown as readonly (readonly unknown[])[];
  };
  const textIn = (seq: unknown, id: string, body: unknown): string | undefined =>
    body instanceof Uint8Array ? keys.read(`event ${String(seq)} ${id}`, body) : undefined;
  return {
    read() {
      const events = ask(eventsSql).map(([seq, id, written, body]) => ({
        seq: Number(seq),
        id: String(id),
        writtenMs: Number(written),
        told: new Set<string>(),
        alert: alertIn(textIn(seq, String(id), body), Number(written)),
      }));
      const bySeq = new Map(events.map((event) => [event.seq, event]));
      const deliveries = ask(deliveriesSql).map(([seq, name, ruleName, state, reason]) => {
        const event = known(bySeq.get(Math.floor(Number(seq) / deliveriesPerEvent)));
        const [destination, rule] = [known(textOf(name)), known(textOf(ruleName))];
        if (destination === alertReceiver) event.told.add(rule);
        return {
          id: event.id,
          destination,
          rule,
          state: known(states[Number(state)]),
          reason: textOf(reason),
        };
      });
      return { stored: events, deliveries };
    },
    forms() {
      const [row] = ask(formsSql);
      return { sealed: Number(row?.[0]), plain: Number(row?.[1]) };
    },
    close: () => db?.close(),
  };
}

function alertIn(body: string | undefined, writtenMs: number): Alert | undefined {
  if (body === undefined) return undefined;
  const event = asObject(JSON.parse(body));
  if (event?.['action'] !== alertAction) return undefined;
  const { rule, count, first, last, by, last_event: quoted } = asObject(event['context']) ?? {};
  const clientIp = asObject(by)?.['client_ip'];
  const lastEvent = asObject(quoted);
  return {
    rule,
    count: Number(count),
    firstMs: Date.parse(textOf(first) ?? ''),
    lastMs: Date.parse(textOf(last) ?? ''),
    writtenMs,
    clientIp: textOf(clientIp),
    lastId: lastEvent?.['id'],
    title: textOf(lastEvent?.['title']) ?? '',
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a row refers to what is not there');
  return value;
}
