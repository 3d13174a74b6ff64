import type { SQLInputValue } from 'node:sqlite';
import { InvariantError } from '../core/errors.ts';
import { severities } from '../core/delivery.ts';
import { families } from '../core/family.ts';
import { flushInbox } from './inbox.ts';
import type { AppendBatch, AppendResult, JournalEntry } from './journal.ts';
import { makeRoom } from './room.ts';
import { encodeChanges, logged } from './rule-log.ts';
import { int } from './row.ts';
import { deliveriesPerEvent } from './schema.ts';
import { rowsPerInsert } from './statements.ts';
import { transact, type Store } from './store.ts';

/** An entry with its place. */
interface Placed {
  readonly entry: JournalEntry;
  readonly seq: number;
  /** What is written: the event's bytes, unless the journal is encrypted. */
  readonly stored: Uint8Array;
}

/** Writes a batch in one transaction; see {@link Journal.append}. */
export function append(store: Store, batch: AppendBatch, nowMs: number): AppendResult {
  const placed = batch.entries.map((entry, at) => place(store, entry, store.nextSeq + at));
  const shed = new Map<string, number>();
  const changes = encodeChanges(store.codec, store.ruleLog, batch.ruleState);
  const inserted = transact(store, () => {
    if (!makeRoom(store, bytesOf(placed) + (changes?.length ?? 0), shed)) return undefined;
    const fresh = insertEvents(store, placed, nowMs);
    insertDeliveries(store, fresh, nowMs);
    putProgress(store, batch);
    if (changes !== undefined) store.sql.putRuleLog.run(store.ruleLog.next, changes);
    flushInbox(store, nowMs);
    return fresh;
  });
  if (inserted === undefined) return { status: 'full' };
  store.inbox.clear();
  if (changes !== undefined) logged(store.ruleLog, changes);
  store.nextSeq += placed.length;
  store.load.handled += inserted.length;
  for (const { entry, seq } of inserted) {
    store.newestAt = Math.max(store.newestAt, entry.event.at);
    const open = entry.deliveries.length;
    const { id, at, bytes } = entry.event;
    if (open > 0) store.cache.add(seq, { id, at, bytes, written: nowMs, open });
  }
  return { status: 'done', inserted: inserted.length, duplicates: placed.length - inserted.length, shed };
}

/** See {@link Journal.has}. */
export function has({ newestAt, sql }: Store, { id, at }: { readonly id: string; readonly at: number }): boolean {
  // In a log that is read in order nearly every event is younger than all that was written, and looking for it would cost 5 µs.
  return at <= newestAt && sql.hasEvent.get(at, Buffer.from(id, 'hex')) !== undefined;
}

function place({ codec }: Store, entry: JournalEntry, seq: number): Placed {
  if (entry.deliveries.length > deliveriesPerEvent) throw new InvariantError('too many deliveries of one event');
  const { id, bytes } = entry.event;
  return { entry, seq, stored: codec.seal(['event', seq, id], bytes) };
}

/** What the batch will take on disk: rows, index entries and the unused ends of pages. */
function bytesOf(placed: readonly Placed[]): number {
  let bytes = 0;
  for (const item of placed) bytes += item.stored.length * 1.1 + 80 + item.entry.deliveries.length * 60;
  return bytes;
}

/** Returns what was not there yet: the unique index decides. */
function insertEvents({ sql }: Store, placed: readonly Placed[], nowMs: number): readonly Placed[] {
  const fresh: Placed[] = [];
  for (const group of groups(placed)) {
    const values: SQLInputValue[] = [];
    for (const { entry, seq, stored } of group) {
      values.push(seq, entry.event.at, Buffer.from(entry.event.id, 'hex'), nowMs, stored);
    }
    const { changes } = (group.length === 1 ? sql.insertEvent : sql.insertEvents).run(...values);
    if (changes === group.length) {
      fresh.push(...group);
    } else if (changes > 0) {
      const there = sql.eventsBetween.all(group[0]?.seq ?? 0, group.at(-1)?.seq ?? 0).map((row) => int(row, 'seq'));
      fresh.push(...group.filter(({ seq }) => there.includes(seq)));
    }
  }
  return fresh;
}

function insertDeliveries({ sql, names }: Store, fresh: readonly Placed[], nowMs: number): void {
  const made = new Map<number, number>();
  const rows: {
    readonly seq: number;
    readonly destination: number;
    readonly rule: number;
    readonly severity: number;
  }[] = [];
  for (const { entry, seq } of fresh) {
    for (const [at, { rule, severity, destination: name }] of entry.deliveries.entries()) {
      const destination = names.addDestination(name);
      made.set(destination, (made.get(destination) ?? 0) + 1);
      rows.push({
        seq: seq * deliveriesPerEvent + at,
        destination,
        rule: names.addRule(rule),
        severity: severities.indexOf(severity),
      });
    }
  }
  for (const group of groups(rows)) {
    const values: SQLInputValue[] = [];
    for (const { seq, destination, rule, severity } of group) {
      values.push(seq, destination, rule, severity, nowMs);
    }
    (group.length === 1 ? sql.insertDelivery : sql.insertDeliveries).run(...values);
  }
  for (const [destination, count] of made) sql.addMade.run(count, destination);
}

/** Full groups of rows for the multi-row statements, and what is left one by one. */
function* groups<T>(rows: readonly T[]): Generator<readonly T[]> {
  let at = 0;
  for (; at + rowsPerInsert <= rows.length; at += rowsPerInsert) yield rows.slice(at, at + rowsPerInsert);
  for (; at < rows.length; at += 1) yield rows.slice(at, at + 1);
}

/** How far the source is and what it counted: moved also by a batch without events. */
function putProgress({ sql }: Store, { source, counts, checkpoints }: AppendBatch): void {
  for (const family of families) {
    const count = counts[family];
    if (count !== undefined && count > 0) sql.addLines.run(source, family, count);
  }
  for (const [key, value] of checkpoints) {
    if (value === null) sql.dropCheckpoint.run(source, key);
    else sql.putCheckpoint.run(source, key, JSON.stringify(value));
  }
}
