import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { heraldHome, tail, type HeraldHome } from '../bench/herald.ts';
import { now, type Measured } from '../bench/measure.ts';
import { cri, eventLine } from '../support/lines.ts';
import { waitFor } from '../support/source.ts';

/** What a destination that is down did to the daemon's memory. */
export interface Outage {
  readonly events: number;
  readonly seconds: number;
  /** Resident bytes at rest, after a first event, with which the parts are loaded that talk to the destination. */
  readonly idleBytes: number;
  /** Resident bytes, at equal steps of waiting events; the last one is when all wait. */
  readonly samples: readonly { readonly waiting: number; readonly rssBytes: number }[];
  readonly peakBytes: number;
}

export interface OutageOptions {
  readonly events: number;
  /** Events a second that the log grows by; Infinity writes all at once, so that herald reads as fast as it can. */
  readonly rate: number;
  /** An empty folder. */
  readonly folder: string;
  readonly idleMs: number;
  readonly say: (text: string) => void;
}

const samplesMax = 20;
const stepMs = 100;

/** Lets the daemon idle, writes events while nobody listens at the destination, and samples the memory until all of them wait. */
export async function outage({ events, rate, folder, idleMs, say }: OutageOptions): Promise<Outage> {
  const path = join(folder, 'app.log');
  const log = openSync(path, 'a');
  const home = homeOf(path, folder);
  const herald = home.start();
  try {
    let written = write(log, 0, 1);
    await waitFor(() => herald.alive() && madeIn(home.journal) === 1, 'the first event');
    await sleep(idleMs);
    const idleBytes = herald.usage().rssBytes;
    say(`idle: ${Math.round(idleBytes / 1e6)} MB`);
    const startedAt = now();
    const samples: { waiting: number; rssBytes: number }[] = [];
    for (let waiting = 0; waiting < events;) {
      const due = Math.min(events, Math.ceil((rate * (now() - startedAt + stepMs)) / 1000));
      written = write(log, written, due);
      await sleep(stepMs);
      if (!herald.alive()) throw new Error(tail(home.log));
      const made = madeIn(home.journal);
      if (made < ((samples.length + 1) * events) / samplesMax) continue;
      waiting = made;
      samples.push({ waiting, rssBytes: herald.usage().rssBytes });
      say(`${waiting} wait: ${Math.round(herald.usage().rssBytes / 1e6)} MB`);
    }
    const seconds = (now() - startedAt) / 1000;
    return { events, seconds, idleBytes, samples, peakBytes: await peak(herald) };
  } finally {
    await herald.stop('SIGKILL');
    closeSync(log);
    home.remove();
  }
}

/** A herald that reads the file and delivers to nobody: port 9 (discard) refuses. */
export function homeOf(file: string, folder: string): HeraldHome {
  mkdirSync(join(folder, 'home'));
  return heraldHome({ file, url: 'http://127.0.0.1:9/', encoding: 'ndjson' }, join(folder, 'home'));
}

/** How many deliveries there are: all of them wait. None in a journal that is only being made. */
export function madeIn(journal: string): number {
  const path = join(journal, 'herald.db');
  if (!existsSync(path)) return 0;
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const table = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'destination'`).get();
    return table === undefined
      ? 0
      : Number(db.prepare('SELECT sum(made) AS made FROM destination').get()?.['made'] ?? 0);
  } finally {
    db.close();
  }
}

/** The journal goes on with its upkeep when all is written. */
async function peak(herald: Measured): Promise<number> {
  await sleep(3000);
  return herald.usage().rssPeakBytes;
}

function write(log: number, from: number, to: number): number {
  const pieceMax = 5000;
  for (let at = from; at < to; at += pieceMax) {
    let text = '';
    for (let serial = at; serial < Math.min(to, at + pieceMax); serial += 1) text += cri(eventLine(serial), serial);
    writeSync(log, text);
  }
  return Math.max(from, to);
}
