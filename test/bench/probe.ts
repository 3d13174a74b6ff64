import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventLines } from './generate.ts';
import { heraldHome, tail, type HeraldHome } from './herald.ts';
import { startReceiver, type Receiver } from './receiver.ts';
import { seeded } from './random.ts';

/** A daemon at rest: CPU in percent of one core. */
export interface Footprint {
  readonly rssBytes: number;
  readonly cpuPercent: number;
}

const arrivalMsMax = 10_000;

/** Milliseconds from the append of one event line to the arrival of its request, one after the other. */
export function latencies(probes: number, scratch: string): Promise<readonly number[]> {
  return withDaemon(scratch, async ({ append, receiver }) => {
    const random = seeded(2);
    const took: number[] = [];
    for (let probe = 0; probe < probes; probe++) {
      // An uneven pause, so that probes are not in step with anything that polls.
      await sleep(5 + random.below(25));
      const sentAt = append();
      took.push((await receiver.next(arrivalMsMax)) - sentAt);
    }
    return took;
  });
}

/** What the daemon takes over `ms` in which nothing is written. */
export function footprint(ms: number, scratch: string): Promise<Footprint> {
  return withDaemon(scratch, async ({ daemon }) => {
    await sleep(3000);
    const before = daemon.usage();
    const from = performance.now();
    await sleep(ms);
    const after = daemon.usage();
    const seconds = (performance.now() - from) / 1000;
    return { rssBytes: after.rssBytes, cpuPercent: ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100 };
  });
}

/** Milliseconds from the start of the process to the arrival of the one event that waits in the log. */
export function startToFirstEvent(scratch: string): Promise<number> {
  return withDaemon(scratch, ({ firstMs }) => Promise.resolve(firstMs));
}

interface Running {
  readonly daemon: ReturnType<HeraldHome['start']>;
  readonly receiver: Receiver;
  readonly firstMs: number;
  /** Writes one more event line; `performance.now()` just before. */
  readonly append: () => number;
}

/** A daemon that tails a log of one event, which has arrived. */
async function withDaemon<T>(scratch: string, use: (running: Running) => Promise<T>): Promise<T> {
  const receiver = await startReceiver();
  const dir = mkdtempSync(join(scratch, 'log-'));
  const file = join(dir, '0.log');
  const line = eventLines(3);
  writeFileSync(file, line());
  const out = openSync(file, 'a');
  const home = heraldHome({ file, url: receiver.url, encoding: 'single' }, scratch);
  const startedAt = performance.now();
  const daemon = home.start();
  try {
    const firstMs = (await receiver.next(arrivalMsMax)) - startedAt;
    const append = (): number => {
      const text = line();
      const at = performance.now();
      writeSync(out, text);
      return at;
    };
    return await use({ daemon, receiver, firstMs, append });
  } catch (cause) {
    throw new Error(`herald's log: ${tail(home.log)}`, { cause });
  } finally {
    await daemon.stop('SIGKILL');
    await receiver.close();
    closeSync(out);
    rmSync(dir, { recursive: true });
    home.remove();
  }
}
