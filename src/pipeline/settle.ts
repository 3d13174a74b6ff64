import { unreachable } from '../core/errors.ts';
import type { Random } from '../core/clock.ts';
import type { ItemResult, Reason, SendResult } from '../core/delivery.ts';
import type { Leased, Settlement } from '../journal/journal.ts';
import { retryWaitMs } from '../core/backoff.ts';
import type { RetryPolicy } from './retry.ts';

export interface SettleContext {
  readonly retry: RetryPolicy;
  readonly nowMs: number;
  readonly random: Random;
}

/** What one attempt means for the journal and for the next attempt. */
export interface Verdict {
  readonly settlements: readonly Settlement[];
  /** Why it failed, undefined for a success. `retried` is false when nothing of it is tried again. */
  readonly failure:
    { readonly reason: Reason; readonly detail: string | undefined; readonly retried: boolean } | undefined;
  /** Everything went through. */
  readonly complete: boolean;
  /** How long the service wants nothing more, or what is tried again has to wait, ms. */
  readonly waitMs: number;
  /** How many deliveries were given up. */
  readonly dead: number;
  /** Try the same deliveries again at once, in smaller batches: one of them may be the bad one. */
  readonly shrink: boolean;
  /** The service asked to slow down: send what waits as one message. */
  readonly digest: boolean;
}

const plain: Omit<Verdict, 'settlements' | 'failure'> = {
  complete: false,
  waitMs: 0,
  dead: 0,
  shrink: false,
  digest: false,
};

/** Turns the outcome of an attempt into settlements. All the branches of delivery are here. */
export function settle(result: SendResult, batch: readonly Leased[], context: SettleContext): Verdict {
  switch (result.status) {
    case 'delivered':
      return {
        ...plain,
        settlements: batch.map(({ seq }) => ({ seq, state: 'delivered' })),
        failure: undefined,
        complete: true,
      };
    case 'retry':
      return result.split === true && batch.length > 1 ? smaller(result) : again(result, batch, context);
    case 'rejected':
      // The receiver refused the whole because of one: find it, so that the others get through.
      return isAboutContent(result.reason) && batch.length > 1 ? smaller(result) : givenUp(result, batch);
    case 'partial':
      return eachItem(result.items, batch, context);
    default:
      return unreachable(result);
  }
}

function isAboutContent(reason: Reason): boolean {
  return reason === 'invalid' || reason === 'too_large';
}

function smaller(result: { readonly reason: Reason; readonly detail?: string }): Verdict {
  const failure = { reason: result.reason, detail: result.detail, retried: true };
  return { ...plain, settlements: [], failure, shrink: true };
}

function again(
  result: Extract<SendResult, { status: 'retry' }>,
  batch: readonly Leased[],
  context: SettleContext,
): Verdict {
  // One wait for the whole batch: the queue keeps its order, so the head decides when it goes on.
  const attempt = (batch[0]?.attempts ?? 0) + 1;
  const waitMs = retryWaitMs(context.retry, attempt, result.afterMs, context.random);
  const dueAt = context.nowMs + waitMs;
  return {
    ...plain,
    settlements: batch.map(({ seq }) => ({ seq, state: 'retry', dueAt, ...why(result) })),
    failure: { reason: result.reason, detail: result.detail, retried: true },
    waitMs,
    digest: result.reason === 'throttled',
  };
}

function givenUp(result: Extract<SendResult, { status: 'rejected' }>, batch: readonly Leased[]): Verdict {
  return {
    ...plain,
    settlements: batch.map(({ seq }) => ({ seq, state: 'dead', ...why(result) })),
    failure: { reason: result.reason, detail: result.detail, retried: false },
    dead: batch.length,
  };
}

/** What became of an item that an answer says nothing about. */
const forgotten: ItemResult = { status: 'retry', reason: 'protocol' };

function eachItem(items: readonly ItemResult[], batch: readonly Leased[], context: SettleContext): Verdict {
  // One wait for all that is tried again, as for a whole batch: with one each, every item would go out by itself.
  const first = batch.find((_item, at) => (items[at] ?? forgotten).status === 'retry');
  const waitMs = retryWaitMs(context.retry, (first?.attempts ?? 0) + 1, undefined, context.random);
  const dueAt = context.nowMs + waitMs;
  const settlements: Settlement[] = [];
  let failure: Verdict['failure'];
  let dead = 0;
  for (const [at, { seq }] of batch.entries()) {
    const item = items[at] ?? forgotten;
    if (item.status === 'delivered') {
      settlements.push({ seq, state: 'delivered' });
      continue;
    }
    // Left as it is, and so at the head of the next batch.
    if (item.status === 'unsent') continue;
    if (item.status === 'retry') {
      settlements.push({ seq, state: 'retry', dueAt, ...why(item) });
    } else {
      dead += 1;
      settlements.push({ seq, state: 'dead', ...why(item) });
    }
    failure = {
      reason: item.reason,
      detail: item.detail,
      retried: failure?.retried === true || item.status === 'retry',
    };
  }
  return { ...plain, settlements, failure, waitMs: first === undefined ? 0 : waitMs, dead };
}

function why(result: { readonly reason: Reason; readonly detail?: string }): { reason: Reason; detail?: string } {
  return { reason: result.reason, ...(result.detail !== undefined && { detail: result.detail }) };
}
