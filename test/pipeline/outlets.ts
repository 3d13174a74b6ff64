import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { DeliveryPolicy, Destination } from '../../src/destinations/destination.ts';
import { EncodedEvent } from '../../src/journal/encoded.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open.ts';
import { createOutlet, type Outlet } from '../../src/pipeline/outlet.ts';
import type { RetryPolicy } from '../../src/pipeline/retry.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { FakeClock } from '../support/clock.ts';
import { leased } from '../support/leased.ts';

interface More extends Partial<RetryPolicy> {
  /** One that fails, and its outlet with it. */
  readonly journal?: Journal;
}

const plain: DeliveryPolicy = { items: 100, bytes: 1_000_000, waitMs: 0, maxAgeMs: undefined, digest: 1 };
const patient: RetryPolicy = { baseMs: 1000, maxMs: 60_000, maxAgeMs: undefined };

/** A journal and a clock, and outlets that end with the test. */
export function outlets(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'herald-outlet-'));
  const clock = new FakeClock();
  const log: string[] = [];
  const ends: (() => Promise<void>)[] = [];
  const options = { path: folder, retentionMs: 86_400_000, maxBytes: 64 * 1024 * 1024, whenFull: 'block' } as const;
  const journal = openJournal(options, { restore: fromStored, nowMs: clock.now(), log: pino({ level: 'silent' }) });
  context.after(async () => {
    for (const end of ends) await end();
    journal.close();
    rmSync(folder, { recursive: true });
  });
  return { clock, journal, log, start, append, books };

  function start(destination: Destination, policy: Partial<DeliveryPolicy> = {}, more: More = {}) {
    const { journal: used = journal, ...retry } = more;
    const metrics = createMetrics({ queues: () => new Map(), journalBytes: () => 0, nowMs: () => clock.now() });
    const outlet = createOutlet({
      name: 'out',
      destination,
      policy: { ...plain, ...policy },
      retry: { ...patient, ...retry },
      journal: used,
      metrics,
      clock,
      random: () => 1,
      log: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
    });
    const drain = new AbortController();
    const stop = new AbortController();
    const done = outlet.run(drain.signal, stop.signal);
    ends.push(async () => {
      stop.abort();
      await done.catch((error: unknown) => {
        if (used === journal) throw error;
      });
    });
    return { outlet, metrics, drain, stop, done };
  }

  function append(outlet: Outlet | undefined, ...serials: readonly number[]): void {
    const deliveries = [{ rule: 'all', severity: 'warning', destination: 'out' }] as const;
    const entries = serials.map((serial) => ({ event: new EncodedEvent(leased(serial).event), deliveries }));
    journal.append({ source: 'test', entries, counts: { event: serials.length }, checkpoints: new Map() }, clock.now());
    outlet?.wake();
  }

  /** Deliveries made = delivered + pending + dead + shed: the books balance whatever happened. */
  function books(): { delivered: number; pending: number; dead: number } {
    const { made, delivered, pending, dead, shed } = journal.queue('out');
    assert.equal(made, delivered + pending + dead + shed);
    return { delivered, pending, dead };
  }
}

/** A destination that answers by its script, the last answer for all further attempts, and keeps what it was sent. */
export function scripted(...answers: readonly (SendResult | ((batch: readonly Delivery[]) => SendResult))[]) {
  const sent: number[][] = [];
  const destination: Destination = {
    send: (batch) => {
      sent.push(batch.map(({ event }) => Number.parseInt(event.id, 16)));
      const answer = answers[Math.min(sent.length, answers.length) - 1] ?? { status: 'delivered' };
      return Promise.resolve(typeof answer === 'function' ? answer(batch) : answer);
    },
    close: () => Promise.resolve(),
  };
  return { destination, sent };
}
