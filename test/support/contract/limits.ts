import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { load } from '../../../src/config/value.ts';
import type { Destination, DestinationKind } from '../../../src/destinations/destination.ts';
import type { Leased } from '../../../src/journal/journal.ts';
import { settle } from '../../../src/pipeline/settle.ts';
import { fromStored } from '../../../src/redact/redactor.ts';
import { leased } from '../leased.ts';
import { createDestination } from '../receivers/destination.ts';
import { isRemote, startService, type Service } from '../receivers/service.ts';
import { waitFor } from '../source.ts';

/** No request is larger than the service takes, whatever the events; the stand-ins refuse what is. */
export function limits(kind: DestinationKind): void {
  const { items, bytes, digest, concurrency = 1 } = kind.policy(load(kind.schema, kind.example));
  let service: Service | undefined;
  let destination: Destination;

  beforeEach(async () => {
    service = await startService(kind);
    destination = createDestination(kind, service?.options ?? kind.example);
  });

  afterEach(async () => {
    await destination.close();
    await service?.close();
  });

  for (const [name, wordsBytes] of [
    ['small', 0],
    ['large', 100_000],
  ] as const) {
    test(`as many ${name} events as its policy takes at once are delivered in one request`, async () => {
      const fitting = Math.max(1, Math.floor(bytes / sizeOf(worded(1, wordsBytes))));
      const count = Math.min(Math.max(items, digest), fitting);
      const batch = Array.from({ length: count }, (_, at) => worded(at + 1, wordsBytes));
      const result = await destination.send(batch, new AbortController().signal);
      const left = result.status === 'partial' ? result.items.filter(({ status }) => status !== 'unsent') : [result];
      assert.ok(
        left.every(({ status }) => status === 'delivered'),
        JSON.stringify(left).slice(0, 500),
      );
      assert.equal(service?.attempts() ?? 1, 1);
    });
  }

  test('an event beyond every limit is shortened, or given up with its size; those beside it are delivered', async () => {
    const giant = worded(2, 3_000_000);
    const fates = await deliver(destination, items > 1 ? [worded(1, 0), giant, worded(3, 0)] : [giant]);
    const fate = fates.get(giant.seq);
    assert.ok(fate === 'delivered' || /^too_large: .*\d/.test(fate ?? ''), fate);
    fates.delete(giant.seq);
    assert.ok(
      [...fates.values()].every((other) => other === 'delivered'),
      JSON.stringify([...fates]),
    );
  });

  test('as many batches as its policy has in flight are delivered at once, each over a connection of its own', async (t) => {
    if (!isRemote(kind) || concurrency === 1) return t.diagnostic('one batch at a time');
    assert.ok(service !== undefined);
    const batches = Array.from({ length: concurrency }, (_, at) => [worded(2 * at + 1, 0), worded(2 * at + 2, 0)]);
    // Without an answer none can use the connection of another one that is done.
    service.say('silent');
    const abort = new AbortController();
    const waiting = batches.map((batch) => destination.send(batch, abort.signal));
    await waitFor(() => service?.attempts() === concurrency, 'all batches');
    assert.equal(service.accepted(), concurrency);
    abort.abort();
    await Promise.all(waiting);
    service.say('fine');
    const { signal } = new AbortController();
    assert.deepEqual(
      await Promise.all(batches.map((batch) => destination.send(batch, signal))),
      batches.map(() => ({ status: 'delivered' })),
    );
  });

  test('a batch is worth its round trip: 5,000 events a second with answers after 100 ms', (t) => {
    if (!isRemote(kind) || items === 1) return t.diagnostic('one event a request');
    assert.ok(items >= 500 && bytes >= 500 * 1024, `${items} items, ${bytes} bytes`);
  });
}

/** A delivery whose event has words of that many bytes, half of them in one text. */
function worded(seq: number, wordsBytes: number): Leased {
  const { event, ...rest } = leased(seq);
  if (wordsBytes === 0) return { ...rest, event };
  const texts = Array.from({ length: 50 }, (_, at) => [`note_${at}`, 'word '.repeat(wordsBytes / 500)]);
  const context = { username: 'ada.lovelace', message: 'word '.repeat(wordsBytes / 10), ...Object.fromEntries(texts) };
  const json = JSON.stringify({ ...event, context });
  return { ...rest, event: fromStored(json), bytes: Buffer.from(json) };
}

function sizeOf(delivery: Leased): number {
  return delivery.bytes?.length ?? 1;
}

const attemptsMax = 20;

/** Sends as the delivery loop does, splitting and leaving out, until each has a fate: `delivered`, or reason and detail. */
async function deliver(destination: Destination, all: readonly Leased[]): Promise<Map<number, string>> {
  const fates = new Map<number, string>();
  let size = all.length;
  for (let attempt = 0; attempt < attemptsMax && fates.size < all.length; attempt += 1) {
    const batch = all.filter(({ seq }) => !fates.has(seq)).slice(0, size);
    const result = await destination.send(batch, new AbortController().signal);
    const verdict = settle(result, batch, {
      retry: { baseMs: 1, maxMs: 1, maxAgeMs: undefined },
      nowMs: 0,
      random: () => 0,
    });
    if (verdict.shrink) size = Math.max(1, Math.floor(batch.length / 2));
    for (const one of verdict.settlements) {
      if (one.state === 'delivered') fates.set(one.seq, 'delivered');
      if (one.state === 'dead') fates.set(one.seq, `${one.reason}: ${one.detail}`);
    }
  }
  return fates;
}
