import { globSync, mkdirSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generate } from './generate.ts';
import { heraldHome, tail } from './herald.ts';
import { seeded } from './random.ts';
import { startSink } from './sink.ts';

/** What is left after the last restart. All three numbers of events must be the same. */
export interface Survival {
  readonly kills: number;
  /** In the generated file. */
  readonly events: number;
  /** Rows of the journal, and how many of them differ in their id. */
  readonly journal: { readonly rows: number; readonly distinct: number };
  /** Arrived at the sink, and how many of them differ in their id. */
  readonly sink: { readonly items: number; readonly distinct: number };
}

const waitMsMax = 300_000;

/** Kills the daemon with SIGKILL at moments drawn from the seed while it reads the file, starts it again, lets the last one finish. */
export async function killAndRestart(bytes: number, kills: number, seed: number): Promise<Survival> {
  const scratch = fileURLToPath(new URL(`../../.bench/kill9-${process.pid}/`, import.meta.url));
  mkdirSync(scratch, { recursive: true });
  const log = generate({ bytes, share: 0.1, seed: 1 });
  const random = seeded(seed);
  const sink = await startSink({ keepIds: true });
  const home = heraldHome({ file: log.file, url: sink.url, encoding: 'ndjson' }, scratch);
  try {
    for (let kill = 0; kill < kills; kill++) {
      const daemon = home.start();
      // Every second one dies at a count of arrivals, the others early: within the start or the first batches.
      const { distinct } = await sink.stats();
      if (kill % 2 === 0) await sink.reached(distinct + random.below((log.events - distinct) / 3), waitMsMax);
      await sleep(kill % 2 === 0 ? random.below(20) : 50 + random.below(600));
      if (!daemon.alive()) throw new Error(`herald ended by itself: ${tail(home.log)}`);
      await daemon.stop('SIGKILL');
    }
    const last = home.start();
    const { items, distinct } = await sink.reached(log.events, waitMsMax);
    await last.stop('SIGTERM');
    return { kills, events: log.events, journal: countRows(home.journal), sink: { items, distinct } };
  } finally {
    await sink.stop();
    rmSync(scratch, { recursive: true });
  }
}

/** True when each event of the file is in the journal exactly once and has reached the sink. */
export function survived({ events, journal, sink }: Survival): boolean {
  return journal.rows === events && journal.distinct === events && sink.distinct === events;
}

function countRows(folder: string): Survival['journal'] {
  const [file] = globSync(join(folder, '*.{db,sqlite,sqlite3}'));
  if (file === undefined) throw new Error(`no database in ${folder}`);
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const counted = db.prepare('SELECT count(*) AS n, count(DISTINCT id) AS d FROM event').get();
    return { rows: Number(counted?.['n']), distinct: Number(counted?.['d']) };
  } finally {
    db.close();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      mb: { type: 'string', default: '200' },
      kills: { type: 'string', default: '6' },
      seed: { type: 'string', default: '1' },
    },
  });
  const survival = await killAndRestart(Number(values.mb) * 1e6, Number(values.kills), Number(values.seed));
  process.stdout.write(`${JSON.stringify(survival, null, 2)}\n`);
  process.exitCode = survived(survival) ? 0 : 1;
}
