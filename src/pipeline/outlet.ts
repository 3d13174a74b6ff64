import type { Logger } from 'pino';
import type { Clock, Random } from '../core/clock.ts';
import type { Reason, SendResult } from '../core/delivery.ts';
import type { Metrics } from '../core/metrics.ts';
import type { DeliveryPolicy, Destination } from '../destinations/destination.ts';
import type { Journal, Leased, Settlement } from '../journal/journal.ts';
import { createGivenUp } from './given-up.ts';
import { settle, type Verdict } from './settle.ts';
import type { RetryPolicy } from './retry.ts';

export interface OutletDeps {
  readonly name: string;
  readonly destination: Destination;
  readonly policy: DeliveryPolicy;
  readonly retry: RetryPolicy;
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** How a destination does, for `/readyz` and the page. */
export interface OutletHealth {
  readonly state: 'ok' | 'failing';
  readonly reason: Reason | undefined;
  readonly detail: string | undefined;
  readonly sinceMs: number;
}

/** The way out: one loop per destination, so that a dead one delays no other. The only place that retries. */
export interface Outlet {
  readonly name: string;
  /** Delivers until `stop` aborts. Once `drain` aborts it returns as soon as nothing is due. */
  run(drain: AbortSignal, stop: AbortSignal): Promise<void>;
  /** New deliveries were written. */
  wake(): void;
  /** Ends `run` after the attempt under way, because another takes its place; what is due stays in the journal. */
  retire(): void;
  health(): OutletHealth;
}

/** A queue that nothing woke us for is looked at this often. */
const idleMs = 60_000;

export function createOutlet(deps: OutletDeps): Outlet {
  const { name, destination, policy, journal, metrics, clock, log } = deps;
  const givenUp = createGivenUp(name, clock, log);
  let wakeUp: AbortController | undefined;
  let woken = false;
  const retired = new AbortController();
  let health: OutletHealth = { state: 'ok', reason: undefined, detail: undefined, sinceMs: clock.now() };
  /** Most items of the next attempt: halved when a batch is refused as a whole, doubled up to the policy's after a success. */
  let itemsMax = policy.items;

  return { name, run, wake, retire, health: () => health };

  function wake(): void {
    woken = true;
    wakeUp?.abort();
  }

  function retire(): void {
    retired.abort();
    wakeUp?.abort();
  }

  async function run(drain: AbortSignal, stop: AbortSignal): Promise<void> {
    const onSignal = (): void => wakeUp?.abort();
    drain.addEventListener('abort', onSignal, { once: true });
    stop.addEventListener('abort', onSignal, { once: true });
    while (!stop.aborted && !retired.signal.aborted) {
      woken = false;
      const batch = journal.lease(name, { items: itemsMax, bytes: policy.bytes }, clock.now());
      const waitMs = batch.length === 0 ? untilDue() : untilFull(batch, drain);
      if (waitMs > 0) {
        // Draining takes what is due now and leaves what waits for its next attempt on disk.
        if (batch.length === 0 && drain.aborted) break;
        await rest(waitMs);
        continue;
      }
      await attempt(batch, stop);
    }
    givenUp.flush();
    drain.removeEventListener('abort', onSignal);
    stop.removeEventListener('abort', onSignal);
  }

  function untilDue(): number {
    const nowMs = clock.now();
    const due = journal.nextDue(name, nowMs);
    return due === undefined ? idleMs : Math.max(1, Math.min(idleMs, due - nowMs));
  }

  /** A batch that is not full waits for more, counted from its first delivery. */
  function untilFull(batch: readonly Leased[], drain: AbortSignal): number {
    const [first] = batch;
    if (first === undefined || drain.aborted || batch.length >= itemsMax || policy.waitMs === 0) return 0;
    const waitedMs = clock.now() - first.firstDueAt;
    // Written at a time that is still to come: the clock was set back, and nobody knows how long it has waited.
    return waitedMs < 0 ? 0 : policy.waitMs - waitedMs;
  }

  async function rest(ms: number): Promise<void> {
    if (woken) return;
    wakeUp = new AbortController();
    await clock.sleep(ms, wakeUp.signal);
    wakeUp = undefined;
  }

  async function attempt(leased: readonly Leased[], stop: AbortSignal): Promise<void> {
    const batch = dropExpired(leased);
    if (batch.length === 0) return;
    const result = await destination.send(batch, stop);
    // An attempt that we cut off ourselves says nothing about the destination.
    if (stop.aborted && result.status === 'retry') return;
    conclude(result, batch);
  }

  /** Gives up what is older than the destination wants, and says so: nobody gets a week-old alarm as news. */
  function dropExpired(leased: readonly Leased[]): readonly Leased[] {
    const { maxAgeMs } = deps.retry;
    if (maxAgeMs === undefined) return leased;
    const oldestMs = clock.now() - maxAgeMs;
    const expired = leased.filter((item) => item.firstDueAt < oldestMs);
    if (expired.length === 0) return leased;
    finish(
      expired.map(({ seq }) => ({ seq, state: 'dead', reason: 'expired' })),
      expired,
    );
    givenUp.add(expired.length, 'expired', undefined);
    return leased.filter((item) => item.firstDueAt >= oldestMs);
  }

  function conclude(result: SendResult, batch: readonly Leased[]): void {
    const verdict = settle(result, batch, { retry: deps.retry, nowMs: clock.now(), random: deps.random });
    if (verdict.shrink) itemsMax = Math.max(1, Math.floor(batch.length / 2));
    else if (verdict.digest && policy.digest > 1) itemsMax = policy.digest;
    else if (result.status === 'delivered') itemsMax = Math.min(policy.items, itemsMax * 2);
    finish(verdict.settlements, batch);
    // Taken, but not as it was meant: some of several recipients were refused.
    if ((result.status === 'delivered' || result.status === 'partial') && result.detail !== undefined) {
      log.warn({ destination: name, detail: result.detail }, 'delivered in part');
    }
    notice(verdict);
  }

  function finish(settlements: readonly Settlement[], batch: readonly Leased[]): void {
    if (settlements.length === 0) return;
    const nowMs = clock.now();
    // What was shed under way is counted as that already: the metrics say what the journal says.
    for (const { state, reason, count } of journal.settle(name, settlements, nowMs)) {
      metrics.deliveries(name, state, reason ?? '', count);
    }
    const at = new Map(batch.map((item) => [item.seq, item.at]));
    for (const { seq, state } of settlements) {
      if (state === 'delivered') metrics.deliveryLatency(name, Math.max(0, nowMs - (at.get(seq) ?? nowMs)) / 1000);
    }
  }

  /** One log line per change, not one per attempt. */
  function notice({ failure, dead }: Verdict): void {
    if (dead > 0) givenUp.add(dead, failure?.reason, failure?.detail);
    if (failure?.reason === health.reason && (failure !== undefined) === (health.state === 'failing')) return;
    const nowMs = clock.now();
    if (failure === undefined) {
      givenUp.flush();
      log.info({ destination: name, failed_ms: nowMs - health.sinceMs }, 'delivering again');
      health = { state: 'ok', reason: undefined, detail: undefined, sinceMs: nowMs };
      return;
    }
    health = { state: 'failing', reason: failure.reason, detail: failure.detail, sinceMs: nowMs };
    if (failure.retried)
      log.warn({ destination: name, reason: failure.reason, detail: failure.detail }, 'delivery fails, retrying');
  }
}
