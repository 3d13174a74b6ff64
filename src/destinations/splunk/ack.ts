import type { Clock } from '../../core/clock.ts';
import type { SendResult } from '../../core/delivery.ts';
import { get, isObject } from '../../core/json.ts';
import type { HttpFailure, HttpReply } from '../../net/http.ts';
import { jsonBody } from '../../net/json-body.ts';
import type { Exchange } from '../batch/batch-destination.ts';
import type { Item } from '../item.ts';
import { classifyHec } from './reply.ts';

export interface AckOptions {
  readonly exchange: Pick<Exchange<Item>, 'client' | 'signal'>;
  /** Where to ask, with the channel. */
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly waitMs: number;
  readonly clock: Clock;
}

const pollMsMin = 250;
const pollMsMax = 10_000;

/** Asks, less and less often, until the indexers have what was sent under this id. Until then it may still be lost. */
export async function acknowledged(id: number, options: AckOptions): Promise<SendResult> {
  const { clock, exchange, url, headers, waitMs } = options;
  const { client, signal } = exchange;
  const endMs = clock.monotonic() + waitMs;
  let last: SendResult | undefined;
  for (let pollMs = pollMsMin; ; pollMs = Math.min(pollMs * 2, pollMsMax)) {
    const leftMs = endMs - clock.monotonic();
    if (leftMs <= 0) break;
    await clock.sleep(Math.min(pollMs, leftMs), signal);
    const reply = await client.request({ method: 'POST', url, headers, body: JSON.stringify({ acks: [id] }), signal });
    if (isAcknowledged(reply, id)) return { status: 'delivered' };
    if (signal.aborted) return { status: 'retry', reason: 'unavailable', detail: 'aborted' };
    last = reply.kind === 'reply' && reply.status === 200 ? undefined : classifyHec(reply, clock.now(), 1);
    // A question that was not answered can be asked again; one that is refused cannot.
    if (last !== undefined && (last.status !== 'retry' || last.reason === 'unauthorized')) return last;
  }
  return last ?? { status: 'retry', reason: 'timeout', detail: 'not acknowledged within `ack_wait`' };
}

function isAcknowledged(reply: HttpReply | HttpFailure, id: number): boolean {
  if (reply.kind === 'failure' || reply.status !== 200) return false;
  const acks = get(jsonBody(reply.body), 'acks');
  return isObject(acks) && get(acks, String(id)) === true;
}
