import type { Delivery, SendResult } from '../core/delivery.ts';
import type { Secret } from '../core/secret.ts';
import { createHttpClient } from '../net/client.ts';
import type { HttpFailure, HttpReply } from '../net/http.ts';
import { classifyChat } from './chat-reply.ts';
import type { Destination, DestinationDeps } from './destination.ts';

/** What one message is on the wire: a JSON document that is posted. */
interface ChatRequest {
  readonly url: string;
  readonly body: string;
  readonly headers?: { readonly [name: string]: string };
  /** What in the body is secret. */
  readonly secrets?: readonly Secret[];
}

/** A destination that posts one document for a batch, which is a message or a digest. */
export function chatDestination(
  { common, clock }: DestinationDeps,
  requestOf: (batch: readonly Delivery[]) => ChatRequest,
  classify: (reply: HttpReply | HttpFailure, nowMs: number) => SendResult = classifyChat,
): Destination {
  const client = createHttpClient(common, clock);
  return {
    async send(batch, signal) {
      if (batch.length === 0) return { status: 'delivered' };
      const { headers, ...request } = requestOf(batch);
      const json = { 'content-type': 'application/json', ...headers };
      return classify(await client.request({ method: 'POST', ...request, headers: json, signal }), clock.now());
    },
    close: () => client.close(),
  };
}
