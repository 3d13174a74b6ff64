import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, test } from 'node:test';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import type { Delivery, Reason, SendResult } from '../../../src/core/delivery.ts';
import type {
  Destination,
  DestinationDeps,
  DestinationKind,
  FailureOutcome,
} from '../../../src/destinations/destination.ts';
import type { Leased } from '../../../src/journal/journal.ts';
import { settle } from '../../../src/pipeline/settle.ts';
import { fromStored } from '../../../src/redact/redactor.ts';
import { leased } from '../leased.ts';
import { createDestination, problemsOf, secretsOf } from '../receivers/destination.ts';
import { isRemote, startService, type Service, type Situation } from '../receivers/service.ts';

/** What each situation must be called; the first reason is HTTP's, others are other protocols' words for it. */
const meaning: readonly (readonly [Situation, SendResult['status'], readonly Reason[]])[] = [
  ['throttled', 'retry', ['throttled', 'unavailable']],
  ['throttled until a date', 'retry', ['throttled']],
  ['failing', 'retry', ['unavailable']],
  ['unauthorized', 'retry', ['unauthorized']],
  ['forbidden', 'retry', ['unauthorized']],
  ['gone', 'rejected', ['not_found']],
  ['redirected', 'rejected', ['redirect']],
  ['lost', 'retry', ['reset']],
  ['lost in the answer', 'retry', ['reset']],
  ['silent', 'retry', ['timeout']],
  ['silent in the answer', 'retry', ['timeout']],
  ['garbage', 'retry', ['protocol']],
  ['huge', 'retry', ['unavailable', 'protocol']],
];

/** What every destination promises (`src/destinations/destination.ts`), tested with nothing but the kind's own example. */
export function contract(kind: DestinationKind): void {
  let service: Service | undefined;
  let destination: Destination;

  beforeEach(async () => {
    service = await startService(kind);
    destination = create();
  });

  afterEach(async () => {
    await destination.close();
    await service?.close();
  });

  function create(more: Partial<DestinationDeps> = {}): Destination {
    return createDestination(kind, service?.options ?? kind.example, more);
  }

  function send(signal = new AbortController().signal, ...batch: readonly Delivery[]): Promise<SendResult> {
    return destination.send(batch.length === 0 ? [leased(1)] : batch, signal);
  }

  test('its example is right', () => {
    assert.deepEqual(problemsOf(kind, kind.example), []);
  });

  test('creating it opens and schedules nothing, and closing it then is nothing', async () => {
    const before = process.getActiveResourcesInfo().toSorted();
    const other = create();
    assert.deepEqual(process.getActiveResourcesInfo().toSorted(), before);
    await other.close();
    assert.equal(service?.connections() ?? 0, 0);
  });

  test('it delivers, again and again, and listens to no signal afterwards', async () => {
    const { signal } = new AbortController();
    for (let i = 1; i <= 3; i += 1) assert.deepEqual(await send(signal, leased(i)), { status: 'delivered' });
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  test('it delivers whatever an event holds', async () => {
    for (const [at, event] of hostile.entries()) {
      const json = JSON.stringify({ id: leased(at).event.id, at: 0, origin: {}, user: {}, context: {}, ...event });
      const delivery = { ...leased(at), event: fromStored(json), json };
      const { status } = await send(undefined, delivery);
      assert.equal(status, 'delivered', json);
    }
  });

  test('an aborted signal sends nothing', async () => {
    const result = await send(AbortSignal.abort());
    assert.equal(result.status, 'retry');
    assert.equal(service?.attempts() ?? 0, 0);
  });

  if (isRemote(kind)) remote();

  function remote(): void {
    for (const [situation, status, reasons] of meaning) {
      test(`${situation}: ${status}, and the next attempt is as good as the first`, async (t) => {
        assert.ok(service !== undefined);
        if (!service.can(situation)) return t.diagnostic('the protocol has no such answer');
        await destination.close();
        // Only where nothing comes is the time-out worth waiting for; elsewhere a busy machine must not meet it.
        let hurry = situation.startsWith('silent') ? 20 : 1;
        const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / hurry, signal) };
        destination = create({ clock });
        service.say(situation);
        const result = await send();
        hurry = 1;
        assert.equal(result.status, status, JSON.stringify(result));
        assert.ok('reason' in result && reasons.includes(result.reason), JSON.stringify(result));
        // A token that is being replaced costs no event: asked again slowly, never given up.
        if (result.reason === 'unauthorized') assert.equal(outcomeOf(result, [leased(1)]), 'held');
        assertNoSecret(result);
        assert.ok(service.attempts() <= 1, 'an attempt is one request');
        service.say('fine');
        assert.deepEqual(await send(), { status: 'delivered' });
      });
    }

    for (const row of kind.guide.failures) {
      const { sample, reason } = row;
      if (sample === undefined) continue;
      test(`the guide's row "${row.when}": ${row.outcome}`, async () => {
        if ('options' in sample) {
          await destination.close();
          destination = createDestination(kind, { ...service?.options, ...sample.options });
        }
        service?.play(sample);
        const size = ('batch' in sample ? sample.batch : undefined) ?? 1;
        const batch = Array.from({ length: size }, (_, at) => leased(at + 1));
        const result = await send(undefined, ...batch);
        assert.equal(outcomeOf(result, batch), row.outcome, JSON.stringify(result));
        if (result.status !== 'partial') {
          assert.equal('reason' in result ? result.reason : undefined, reason, JSON.stringify(result));
        }
      });
    }

    test('nobody there: refused', async () => {
      await service?.close();
      const result = await send();
      assert.ok(result.status === 'retry' && result.reason === 'refused', JSON.stringify(result));
      assertNoSecret(result);
      service = undefined;
    });

    test('how long to wait is what the service says', async (t) => {
      assert.ok(service !== undefined);
      if (!service.can('throttled until a date')) return t.diagnostic('the protocol cannot say it');
      service.say('throttled');
      const seconds = await send();
      assert.ok(seconds.status === 'retry' && seconds.afterMs === 7000, JSON.stringify(seconds));
      service.say('throttled until a date');
      const date = await send();
      assert.ok(date.status === 'retry' && (date.afterMs ?? 0) > 1000 && (date.afterMs ?? 0) <= 30_000);
    });

    for (const situation of ['echo', 'echo of the body'] as const) {
      test(`an ${situation} shows no secret`, async (t) => {
        assert.ok(service !== undefined);
        if (!service.can(situation)) return t.diagnostic('the protocol has no such answer');
        service.say(situation);
        const result = await send();
        assert.notEqual(result.status, 'delivered');
        assertNoSecret(result);
      });
    }

    for (const situation of ['silent', 'silent in the answer'] as const) {
      test(`aborting ends an attempt that is ${situation}, and its connection`, async (t) => {
        assert.ok(service !== undefined);
        if (!service.can(situation)) return t.diagnostic('the protocol has no such answer');
        service.say(situation);
        const abort = new AbortController();
        const reached = service.reached();
        const sending = send(abort.signal);
        await reached;
        abort.abort();
        const result = await sending;
        assert.equal(result.status, 'retry', JSON.stringify(result));
        await service.idle();
        assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
      });
    }

    test('closing leaves no connection open', async () => {
      await send();
      await destination.close();
      await service?.idle();
      destination = create();
    });
  }

  function assertNoSecret(result: SendResult): void {
    const detail = ('detail' in result ? result.detail : undefined) ?? '';
    assert.doesNotMatch(detail, /127\.0\.0\.1/);
    for (const secret of secretsOf(kind.schema, kind.example))
      assert.ok(!detail.includes(secret), `${secret}: ${detail}`);
  }
}

/** What the delivery loop makes of a result, in the words of the guides. */
function outcomeOf(result: SendResult, batch: readonly Leased[]): FailureOutcome {
  const retry = { baseMs: 1000, maxMs: 60_000, maxAgeMs: undefined };
  const verdict = settle(result, batch, { retry, nowMs: 0, random: () => 0 });
  if (result.status === 'partial') return 'item by item';
  if (verdict.shrink) return 'split';
  if (verdict.failure === undefined) return 'delivered';
  if (!verdict.failure.retried) return 'dead letter';
  // Held is a wait of minutes from the first attempt on.
  const [first] = verdict.settlements;
  return first?.state === 'retry' && first.dueAt >= 120_000 ? 'held' : 'retried';
}

const hostile: readonly { readonly [key: string]: unknown }[] = [
  { action: '' },
  { action: 'custom_\u0000\u202e\ud800', client_ip: '::1' },
  { action: 'login_failed', user: { username: '@everyone <!channel> <script>'.repeat(200) }, context: { username: 7 } },
  { action: 'model_updated', context: { diff: { a: { new_value: 'x'.repeat(100_000) } }, model: null } },
  { action: 'email_sent', context: { subject: '\r\nBcc: eve@example.com', to_email: [1, null] } },
  { action: 'policy_exception', context: { exception: [{}], message: ['deep', [[[[{}]]]]] }, at: 8.64e15 },
  { action: 'constructor', context: { constructor: 1, toString: 2 }, user: { username: '__proto__' } },
  { action: 'login', at: Number.MAX_SAFE_INTEGER, context: { geo: { lat: 'x', city: {} } } },
];
