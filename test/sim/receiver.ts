import type { Delivery, ItemResult, Reason, SendResult } from '../../src/core/delivery.ts';
import type { Clock } from '../../src/core/clock.ts';
import { unreachable } from '../../src/core/errors.ts';
import { defineDestination, type DestinationKind } from '../../src/destinations/destination.ts';
import type { DestinationPlan, Dice } from './plan.ts';

/** How a receiver is disposed at the moment. */
export type Mood = 'good' | 'down' | 'flaky' | 'hangs';
export const moods = ['good', 'good', 'down', 'flaky', 'hangs'] as const satisfies readonly Mood[];

/** The other side of a destination. It outlives the processes that send to it. */
export interface Receiver {
  readonly plan: DestinationPlan;
  mood: Mood;
  /** What came in, by key: whatever comes twice comes as the same. */
  readonly arrived: Map<string, string>;
  /** What the process was told of, as `<event id> <rule>`: taken, or refused for good. */
  readonly taken: Set<string>;
  readonly refused: Set<string>;
}

export function createReceiver(plan: DestinationPlan): Receiver {
  return { plan, mood: 'good', arrived: new Map(), taken: new Set(), refused: new Set() };
}

/** What the simulation does around an attempt. */
export interface SendHooks {
  /** Before the first byte goes out, with the serial numbers of the events. Throws when the batch is not what it must be. */
  begin(receiver: Receiver, batch: readonly Delivery[], serials: readonly unknown[]): void;
  /** The process gets the answer; false when it is dead and never will. */
  end(receiver: Receiver, batch: readonly Delivery[]): boolean;
}

/** What a receiver finds in a delivery; read once, because a stored event is parsed each time. */
interface Item {
  readonly key: string;
  /** `<event id> <rule>` */
  readonly name: string;
  readonly serial: unknown;
}

function itemOf({ key, event, rule }: Delivery): Item {
  return { key, name: `${event.id} ${rule}`, serial: event.user.pk ?? event.action };
}

const timeoutMs = 5000;
const failures = ['throttled', 'unavailable', 'timeout', 'refused', 'reset', 'tls', 'unauthorized'] as const;
const refusals = ['not_found', 'redirect', 'invalid', 'too_large'] as const;

/** A destination whose receiver answers by mood and dice, sometimes after it took what it says it did not take. */
export function scriptedDestination(
  receivers: ReadonlyMap<string, Receiver>,
  dice: Dice,
  hooks: SendHooks,
): DestinationKind {
  return defineDestination({
    type: 'scripted',
    summary: 'Answers by dice',
    schema: { type: 'object', properties: {} },
    example: {},
    guide: { notes: [], order: '', idempotency: '', limits: [], failures: [] },
    policy: () => ({ items: 1, bytes: 1, waitMs: 0, maxAgeMs: undefined, digest: 1 }),
    create: (_options, { name, clock }) => ({
      async send(batch, signal) {
        const receiver = receivers.get(name);
        if (receiver === undefined) throw new RangeError(name);
        const items = batch.map(itemOf);
        hooks.begin(
          receiver,
          batch,
          items.map(({ serial }) => serial),
        );
        const answer = answerOf(receiver, items, dice);
        const result = await delayed(answer, receiver, dice, clock, signal);
        if (!hooks.end(receiver, batch)) return new Promise(() => undefined);
        note(result, items, receiver);
        return result;
      },
      close: () => Promise.resolve(),
    }),
  });
}

async function delayed(
  answer: SendResult,
  { mood }: Receiver,
  dice: Dice,
  clock: Clock,
  signal: AbortSignal,
): Promise<SendResult> {
  const hangs = mood === 'hangs';
  const ms = hangs ? timeoutMs : mood === 'good' ? dice.pick([0, 0, 5, 30]) : dice.pick([0, 10, 300, 2000]);
  if (ms > 0) await clock.sleep(ms, signal);
  if (hangs || signal.aborted) return { status: 'retry', reason: 'timeout' };
  return answer;
}

function answerOf(receiver: Receiver, batch: readonly Item[], dice: Dice): SendResult {
  const { plan, mood } = receiver;
  const isBad = ({ serial }: Item): boolean => serial === plan.poison;
  // The bad one alone is refused, and a receiver with answers for each names it.
  if (batch.some(isBad) && dice.oneIn(2)) return { status: 'rejected', reason: 'invalid', detail: 'poison' };
  if (batch.some(isBad)) {
    return each(receiver, batch, (one) =>
      isBad(one) ? { status: 'rejected', reason: 'invalid' } : { status: 'delivered' },
    );
  }
  switch (mood) {
    case 'good':
      return takeAll(receiver, batch);
    case 'down':
      return { status: 'retry', reason: dice.pick(failures) };
    case 'hangs':
      // It may well have come through.
      takeAll(receiver, batch.slice(0, dice.below(batch.length + 1)));
      return { status: 'retry', reason: 'timeout' };
    case 'flaky':
      return flaky(receiver, batch, dice);
    default:
      return unreachable(mood);
  }
}

function flaky(receiver: Receiver, batch: readonly Item[], dice: Dice): SendResult {
  switch (dice.below(7)) {
    case 0:
      return { status: 'retry', reason: 'throttled', afterMs: dice.between(0, 4000) };
    case 1:
      return { status: 'retry', reason: 'too_large', split: true };
    case 2:
      return { status: 'rejected', reason: dice.pick(refusals), detail: 'no' };
    case 3: {
      // A request may be full before the last ones, an answer may forget them.
      const sent = dice.oneIn(3) ? dice.between(1, batch.length) : batch.length;
      const { items } = each(receiver, batch, (_one, at) => (at < sent ? itemResult(dice) : { status: 'unsent' }));
      return { status: 'partial', items: dice.oneIn(3) ? items.slice(0, dice.below(items.length + 1)) : items };
    }
    case 4:
      // Taken, and the answer was lost.
      takeAll(receiver, batch);
      return { status: 'retry', reason: 'reset' };
    default:
      return takeAll(receiver, batch);
  }
}

function itemResult(dice: Dice): ItemResult {
  const reason: Reason = dice.pick(failures);
  if (dice.oneIn(3)) return { status: 'retry', reason };
  return dice.oneIn(6) ? { status: 'rejected', reason: 'invalid', detail: 'item' } : { status: 'delivered' };
}

function each(
  receiver: Receiver,
  batch: readonly Item[],
  decide: (item: Item, at: number) => ItemResult,
): Extract<SendResult, { status: 'partial' }> {
  const items = batch.map(decide);
  takeAll(
    receiver,
    batch.filter((_item, at) => items[at]?.status === 'delivered'),
  );
  return { status: 'partial', items };
}

function takeAll({ arrived }: Receiver, batch: readonly Item[]): SendResult {
  for (const { key, name } of batch) {
    const before = arrived.get(key);
    if (before !== undefined && before !== name) throw new Error(`one key for two: ${before} and ${name}`);
    arrived.set(key, name);
  }
  return { status: 'delivered' };
}

/** What the process has been told of each delivery, by which the journal's state is judged later. */
function note(result: SendResult, batch: readonly Item[], { taken, refused }: Receiver): void {
  for (const [at, { name }] of batch.entries()) {
    const status = result.status === 'partial' ? (result.items[at]?.status ?? 'retry') : result.status;
    if (status === 'delivered') taken.add(name);
    if (status === 'rejected') refused.add(name);
  }
}
