import { setImmediate as ioTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock, Random } from '../core/clock.ts';
import type { Reason, SendResult } from '../core/delivery.ts';
import type { Metrics } from '../core/metrics.ts';
import type { DeliveryPolicy, Destination } from '../destinations/destination.ts';
import type { Journal, Leased, Run, Settlement } from '../journal/journal.ts';
import { createGivenUp } from './given-up.ts';
import { createPace, type Departure } from './pace.ts';
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

/**
 * The way out: one loop per destination, so that a dead one delays no other. The only place that retries. Where the policy allows
 * it, the next batches are prepared and sent while others wait for their answer: see {@link Pace}.
 */
export interface Outlet {
  readonly name: string;
  /** Delivers until `stop` aborts. Once `drain` aborts it returns as soon as nothing is due. Nothing is in flight when it ends. */
  run(drain: AbortSignal, stop: AbortSignal): Promise<void>;
  /** New deliveries were written. */
  wake(): void;
  /** Ends `run` after the attempts under way, because another takes its place; what is due stays in the journal. */
  retire(): void;
  health(): OutletHealth;
}

/** A batch that its destination has and has not answered for. */
interface Flight extends Run {
  readonly departure: Departure;
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
  const pace = createPace(policy);
  const flights = new Set<Flight>();
  /** What attempts of this `run` failed with; the first of them ends it. */
  const failures: unknown[] = [];

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
    failures.length = 0;
    try {
      while (!stop.aborted && !retired.signal.aborted && failures.length === 0) {
        woken = false;
        const batch = nextBatch();
        const waitMs = batch.length === 0 ? untilDue() : untilFull(batch, drain);
        if (waitMs > 0) {
          // Draining takes what is due now and leaves what waits for its next attempt on disk.
          if (batch.length === 0 && flights.size === 0 && drain.aborted) break;
          await rest(waitMs);
          continue;
        }
        const fresh = dropExpired(batch);
        if (fresh.length === 0) continue;
        const landing = fly(fresh, stop);
        // To encode a batch takes a while: before the next one it is the turn of those in flight, and of everything else.
        if (flights.size < pace.flightsMax) await Promise.race([landing, ioTurn()]);
      }
    } finally {
      // What is in flight must not be leased by who comes after.
      while (flights.size > 0) {
        woken = false;
        await rest(idleMs);
      }
      givenUp.flush();
      drain.removeEventListener('abort', onSignal);
      stop.removeEventListener('abort', onSignal);
    }
    if (failures.length > 0) throw failures[0];
  }

  /** What may leave now and is not in flight. */
  function nextBatch(): readonly Leased[] {
    if (flights.size >= pace.flightsMax || pace.waitMs(clock.monotonic()) > 0) return [];
    return journal.lease(name, { items: pace.itemsMax, bytes: policy.bytes }, clock.now(), [...flights]);
  }

  function untilDue(): number {
    // Whatever lands wakes us, and the head of the queue may be what is in flight.
    if (flights.size > 0) return idleMs;
    const nowMs = clock.now();
    const due = journal.nextDue(name, nowMs);
    const waitMs = due === undefined ? idleMs : Math.max(due - nowMs, pace.waitMs(clock.monotonic()));
    return Math.max(1, Math.min(idleMs, waitMs));
  }

  /** A batch that is not full waits for more, counted from its first delivery. */
  function untilFull(batch: readonly Leased[], drain: AbortSignal): number {
    const [first] = batch;
    if (first === undefined || drain.aborted || batch.length >= pace.itemsMax || policy.waitMs === 0) return 0;
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

  /** One attempt from its start to its end; never rejects. */
  async function fly(batch: readonly Leased[], stop: AbortSignal): Promise<void> {
    const seqs = batch.map(({ seq }) => seq);
    const flight = { first: seqs[0] ?? 0, last: seqs.at(-1) ?? 0, departure: pace.leave(batch.length) };
    flights.add(flight);
    try {
      const result = await destination.send(batch, stop);
      // An attempt that we cut off ourselves says nothing about the destination.
      if (!stop.aborted || result.status !== 'retry') conclude(result, batch, flight.departure);
    } catch (error) {
      failures.push(error);
    } finally {
      flights.delete(flight);
      wake();
    }
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

  function conclude(result: SendResult, batch: readonly Leased[], departure: Departure): void {
    const verdict = settle(result, batch, { retry: deps.retry, nowMs: clock.now(), random: deps.random });
    finish(verdict.settlements, batch);
    const isOutdated = pace.isOutdated(departure);
    pace.learn(departure, verdict, clock.monotonic());
    // Taken, but not as it was meant: some of several recipients were refused.
    if ((result.status === 'delivered' || result.status === 'partial') && result.detail !== undefined) {
      log.warn({ destination: name, detail: result.detail }, 'delivered in part');
    }
    if (!isOutdated || verdict.failure !== undefined) notice(verdict);
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
