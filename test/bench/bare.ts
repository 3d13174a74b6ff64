import { hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import type { GeneratedLog } from './generate.ts';
import { start } from './measure.ts';
import type { Sink } from './sink.ts';
import { checkedRun, type RunResult } from './throughput.ts';

// The least that durable forwarding can cost on one thread of Node: what herald does with an event, in the same libraries, without all
// that it is for. No redaction, no rules, no normal form, no split records, no second destination; the line is stored and sent as it is.

const commitEvents = 256;
const rowsPerInsert = 16;
const postEvents = 2000;
const readBytes = 1024 * 1024;
const marker = Buffer.from('Created Event');
const newline = 10;
const brace = 0x7b;

/** Reads the file once with those steps alone. */
export function runBare(log: GeneratedLog, sink: Sink, scratch: string): Promise<RunResult> {
  const db = join(scratch, `bare-${Date.now()}.db`);
  const args = [fileURLToPath(import.meta.url), log.file, sink.url, db];
  return checkedRun('bare steps', sink, log.events - log.eventsSplit, () =>
    start(process.execPath, args, join(scratch, 'bare.log')),
  );
}

/** The events of the file: JSON that says so and can be parsed. */
function* eventsOf(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  let rest = Buffer.alloc(0);
  const buffer = Buffer.allocUnsafe(readBytes);
  for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
    const piece = Buffer.concat([rest, buffer.subarray(0, size)]);
    let at = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, at)) {
      const line = piece.subarray(at, end);
      at = end + 1;
      const json = line.includes(marker) ? line.subarray(line.indexOf(brace)) : undefined;
      if (json !== undefined && isEvent(json)) yield json;
    }
    rest = Buffer.from(piece.subarray(at));
  }
  closeSync(file);
}

function isEvent(json: Buffer): boolean {
  try {
    const { event, level }: { event?: unknown; level?: unknown } = JSON.parse(json.toString());
    return event === 'Created Event' && level === 'info';
  } catch {
    // The parts of split records.
    return false;
  }
}

function openStore(path: string) {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE event (seq INTEGER PRIMARY KEY, id BLOB NOT NULL, body BLOB NOT NULL);
    CREATE UNIQUE INDEX event_id ON event (id);
    CREATE TABLE delivery (seq INTEGER PRIMARY KEY, state INTEGER NOT NULL);
    CREATE INDEX pending ON delivery (seq) WHERE state = 0;`);
  const rows = (values: string): string => Array<string>(rowsPerInsert).fill(values).join(', ');
  const putEvents = db.prepare(`INSERT INTO event VALUES ${rows('(?, ?, ?)')}`);
  const putDeliveries = db.prepare(`INSERT INTO delivery VALUES ${rows('(?, 0)')}`);
  const settle = db.prepare('UPDATE delivery SET state = 1 WHERE seq BETWEEN ? AND ?');
  return {
    /** Writes full groups in one transaction; what is left is written with the next ones. */
    append(from: number, events: readonly Buffer[]): number {
      db.exec('BEGIN IMMEDIATE');
      let at = 0;
      for (; at + rowsPerInsert <= events.length; at += rowsPerInsert) {
        const group = events.slice(at, at + rowsPerInsert);
        const values = group.flatMap((json, place): SQLInputValue[] => [from + at + place, idOf(json), json]);
        putEvents.run(...values);
        putDeliveries.run(...group.map((_, place) => from + at + place));
      }
      db.exec('COMMIT');
      return at;
    },
    settle: (from: number, to: number) => void settle.run(from, to),
  };
}

function idOf(json: Buffer): Buffer {
  return hash('sha256', json, 'buffer').subarray(0, 16);
}

async function forward(file: string, url: string, path: string): Promise<void> {
  const store = openStore(path);
  let [written, sent] = [0, 0];
  let open: Buffer[] = [];
  let batch: Buffer[] = [];
  let posting: Promise<void> = Promise.resolve();
  const post = async (): Promise<void> => {
    const body = Buffer.concat(batch.flatMap((json) => [json, Buffer.of(newline)]));
    const [from, to] = [sent, sent + batch.length - 1];
    [batch, sent] = [[], to + 1];
    await posting;
    posting = request(url, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } }).then(
      async (answer) => {
        await answer.body.dump();
        store.settle(from, to);
      },
    );
  };
  for (const json of eventsOf(file)) {
    open.push(json);
    batch.push(json);
    if (open.length >= commitEvents) {
      const count = store.append(written, open);
      [written, open] = [written + count, open.slice(count)];
    }
    if (batch.length >= postEvents) await post();
  }
  store.append(written, open);
  await post();
  await posting;
  // The bench reads what this process used before it ends it.
  setInterval(() => undefined, 60_000);
}

if (import.meta.main) {
  const [, , file = '', url = '', path = ''] = process.argv;
  await forward(file, url, path);
}
