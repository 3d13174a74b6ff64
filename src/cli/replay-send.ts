import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { EncodedEvent } from '../journal/encoded.ts';
import { openJournal } from '../journal/open.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import { createFleet, type Fleet } from '../parts.ts';
import type { Told } from '../pipeline/rehearsal.ts';
import { fromStored } from '../redact/redactor.ts';
import { createMetrics } from '../server/metrics.ts';
import { createLog, systemDeps } from './daemon.ts';

const batchEvents = 500;
const lookMs = 200;

/**
 * Delivers what rules told, with the daemon's own outlets on a journal of its own, which is removed at the end. Returns whether all
 * arrived. Ctrl-C ends it; what was not delivered by then is said.
 */
export async function sendAll(told: AsyncIterable<Told>, config: Config): Promise<boolean> {
  const path = mkdtempSync(join(tmpdir(), 'herald-replay-'));
  const log = createLog('warn', config.instance);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  try {
    const options = {
      ...config.journal,
      path,
      maxBytes: Number.MAX_SAFE_INTEGER,
      retentionMs: Number.MAX_SAFE_INTEGER,
    };
    const journal = openJournal(options, { restore: fromStored, nowMs: systemClock.now(), log });
    try {
      const count = await write(told, journal);
      return await deliver(count, config, journal, log, stop.signal);
    } finally {
      journal.close();
    }
  } finally {
    process.off('SIGINT', onSignal);
    rmSync(path, { recursive: true, force: true });
  }
}

/** Returns how many deliveries there are. */
async function write(told: AsyncIterable<Told>, journal: Journal): Promise<number> {
  let count = 0;
  let entries = new Map<string, JournalEntry>();
  const flush = (): void => {
    const batch = { source: 'replay', entries: [...entries.values()], counts: {}, checkpoints: new Map() };
    journal.append(batch, systemClock.now());
    entries = new Map();
  };
  for await (const { event, rule, severity, destinations } of told) {
    const deliveries = destinations.map((destination) => ({ rule, severity, destination }));
    count += deliveries.length;
    // Several rules may tell about one event, one right after the other.
    if (entries.size >= batchEvents && !entries.has(event.id)) flush();
    const known = entries.get(event.id) ?? { event: new EncodedEvent(event), deliveries: [] };
    entries.set(event.id, { ...known, deliveries: [...known.deliveries, ...deliveries] });
  }
  flush();
  return count;
}

async function deliver(
  count: number,
  config: Config,
  journal: Journal,
  log: ReturnType<typeof createLog>,
  stop: AbortSignal,
): Promise<boolean> {
  const metrics = createMetrics({ queues: () => new Map(), journalBytes: () => 0, nowMs: () => systemClock.now() });
  const deps = { ...systemDeps(log), colours: false, graceMs: 0 };
  const inlet = { accept: () => Promise.resolve() };
  const fleet = createFleet({ deps, journal, inlet, metrics });
  const { outlets } = fleet.partsOf({ ...config, sources: [] });
  const done = new AbortController();
  const running = outlets.map(async (outlet) => {
    await outlet.run(done.signal, stop);
    await outlet.close();
  });
  while (!stop.aborted && sum(fleet, journal, 'pending') > 0) {
    progress(count, fleet, journal);
    await systemClock.sleep(lookMs, stop);
  }
  done.abort();
  await Promise.all(running);
  progress(count, fleet, journal);
  const [delivered, pending, dead] = (['delivered', 'pending', 'dead'] as const).map((key) => sum(fleet, journal, key));
  const bar = process.stderr.isTTY ? '\n' : '';
  process.stderr.write(`${bar}${delivered} delivered, ${pending} not sent, ${dead} given up\n`);
  return delivered === count;
}

function sum(fleet: Fleet, journal: Journal, key: 'delivered' | 'pending' | 'dead'): number {
  return fleet.outlets().reduce((total, { name }) => total + journal.queue(name)[key], 0);
}

const barChars = 30;

/** One line that is written over, on a terminal only. */
function progress(count: number, fleet: Fleet, journal: Journal): void {
  if (!process.stderr.isTTY || count === 0) return;
  const done = count - sum(fleet, journal, 'pending');
  const filled = Math.round((done / count) * barChars);
  process.stderr.write(`\r[${'#'.repeat(filled)}${'.'.repeat(barChars - filled)}] ${done}/${count}`);
}
