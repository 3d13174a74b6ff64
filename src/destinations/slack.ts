import type { Delivery } from '../core/delivery.ts';
import type { ObjectSchema } from '../core/schema.ts';
import { createHttpClient } from '../net/client.ts';
import { chatPolicy, compatOptions, messageOf } from './chat.ts';
import { defineDestination } from './destination.ts';
import { slackPayload } from './slack-blocks.ts';
import { compatBody } from './slack-compat.ts';
import { classifyChat } from './chat-reply.ts';

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      secret: true,
      description: 'Address of the incoming webhook. Never shown: who knows it can write to the channel.',
    },
    username: {
      type: 'string',
      minLength: 1,
      maxLength: 80,
      description: 'Name to write under. Slack itself ignores it for webhooks of apps; other services take it.',
    },
    compat: {
      type: 'string',
      enum: ['authentik'],
      description:
        "`authentik` sends exactly what authentik's own Slack transport would. Texts of events are not escaped then, as in authentik.",
    },
    ...compatOptions,
  },
  required: ['url'],
} as const satisfies ObjectSchema;

/** Slack, and services that take what Slack takes. */
export const slack = defineDestination({
  type: 'slack',
  summary: 'Slack, by an incoming webhook',
  schema,
  example: { url: 'https://hooks.slack.com/services/T0EXAMPLE/B0EXAMPLE/kQw9ErTyUiOpAsDfGhJk' },

  policy() {
    return chatPolicy;
  },

  create({ url, username, compat, recipient, authentik_version }, { common, clock, authentikUrl }) {
    const client = createHttpClient(common, clock);
    const bodyOf = (batch: readonly Delivery[]): string => {
      const [first] = batch;
      if (first !== undefined && batch.length === 1 && compat === 'authentik') {
        return compatBody(first, { recipient, version: authentik_version });
      }
      return JSON.stringify(slackPayload(messageOf(batch, authentikUrl), username));
    };
    return {
      async send(batch, signal) {
        if (batch.length === 0) return { status: 'delivered' };
        const headers = { 'content-type': 'application/json' };
        const reply = await client.request({ method: 'POST', url: url.reveal(), headers, body: bodyOf(batch), signal });
        return classifyChat(reply, clock.now());
      },
      close: () => client.close(),
    };
  },
});
