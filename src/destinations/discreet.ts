import type { Delivery, SendResult } from '../core/delivery.ts';
import { withoutQuotes } from '../redact/view/answer.ts';
import { visible } from '../render/visible.ts';
import type { Destination } from './destination.ts';

/**
 * The same destination, whose results quote nothing of the events: services like to repeat what they refuse, and more people read the
 * log and `/readyz` than what goes to the destination.
 */
export function discreet(destination: Destination): Destination {
  return {
    async send(batch, signal) {
      return discreetResult(await destination.send(batch, signal), batch);
    },
    close: () => destination.close(),
  };
}

function discreetResult(result: SendResult, batch: readonly Delivery[]): SendResult {
  const told = discreetDetail(result, batch);
  if (told.status !== 'partial') return told;
  return { ...told, items: told.items.map((item, at) => discreetDetail(item, batch.slice(at, at + 1))) };
}

/** Most failures are of connections and gateways: the codes of errors and statuses quote nothing, and batches are large. */
const onlyCode = /^(?:[A-Z][A-Z_]+\d*|HTTP \d{3})$/;

function discreetDetail<R extends { readonly status: string }>(result: R, batch: readonly Delivery[]): R {
  if (!('detail' in result) || typeof result.detail !== 'string' || onlyCode.test(result.detail)) return result;
  const events = batch.map(({ event }) => event);
  return { ...result, detail: withoutQuotes(result.detail, events, forPeople) };
}

/** Details name letters that could be taken for others (`‹U+0430›da`), and the service may have changed the case of them before. */
function forPeople(value: string): readonly string[] {
  const shown = visible(value);
  return shown === value ? none : [shown, visible(value.toLowerCase()), visible(value.toUpperCase())];
}

const none: readonly never[] = [];
