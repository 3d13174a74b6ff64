import { systemClock, type Clock } from '../../src/core/clock.ts';

/** A clock that only the test moves. Sleepers wake in the order of their time. */
export class FakeClock implements Clock {
  #nowMs: number;
  #sleepers: { atMs: number; wake: () => void }[] = [];

  constructor(startMs = Date.parse('2026-01-15T09:00:00Z')) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => this.#wake(sleeper), { once: true });
    });
  }

  /** How many are asleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Moves time on, waking who is due on the way and letting each run until it sleeps again; `atRest` is called each time. */
  async advance(ms: number, atRest: () => void = () => undefined): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settled();
    atRest();
    for (;;) {
      const next = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#wake(next);
      await settled();
      if (this.#sleepers.every(({ atMs }) => atMs > this.#nowMs)) atRest();
    }
    this.#nowMs = untilMs;
  }

  #wake(sleeper: { atMs: number; wake: () => void }): void {
    this.#sleepers = this.#sleepers.filter((item) => item !== sleeper);
    sleeper.wake();
  }
}

/** Lets everything that is ready run: promises, then one turn of the event loop, twice. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The system's clock, of which the test can skip a part: for code that talks to real servers and waits for minutes too. */
export class SkippingClock implements Clock {
  #skippedMs = 0;
  readonly #sleepers = new Set<{ readonly ms: number; readonly dueMs: number; readonly wake: AbortController }>();

  now(): number {
    return systemClock.now() + this.#skippedMs;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#skippedMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const sleeper = { ms, dueMs: this.monotonic() + ms, wake: new AbortController() };
    const stop = (): void => sleeper.wake.abort();
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    await systemClock.sleep(ms, sleeper.wake.signal);
    signal?.removeEventListener('abort', stop);
    this.#sleepers.delete(sleeper);
  }

  /** True while somebody sleeps who wanted to for about that time, however much of it is over. */
  isAsleepFor(ms: number): boolean {
    return [...this.#sleepers].some((sleeper) => Math.abs(sleeper.ms - ms) < ms / 10);
  }

  /** Wakes who would be awake after that time. */
  skip(ms: number): void {
    this.#skippedMs += ms;
    for (const { dueMs, wake } of this.#sleepers) if (dueMs <= this.monotonic()) wake.abort();
  }
}
