import type { Delivery } from '../core/delivery.ts';
import type { ObjectSchema } from '../core/schema.ts';
import { createHttpClient } from '../net/client.ts';
import { chatPolicy, compatOptions, messageOf } from './chat.ts';
import { classifyChat } from './chat-reply.ts';
import { defineDestination } from './destination.ts';
import { discordPayload, discordSlackPayload } from './discord-embed.ts';
import { compatBody } from './slack-compat.ts';

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      secret: true,
      description:
        'Address of the webhook. One that ends in `/slack` gets the Slack form. Never shown: who knows it can write to the channel.',
    },
    thread_id: {
      type: 'string',
      pattern: '^\\d{1,20}$',
      description: 'Thread of the channel to write into, in quotes.',
    },
    username: { type: 'string', minLength: 1, maxLength: 80, description: 'Name to write under.' },
    compat: {
      type: 'string',
      enum: ['authentik'],
      description: "At an address that ends in `/slack`: sends exactly what authentik's own transport would.",
    },
    ...compatOptions,
  },
  required: ['url'],
} as const satisfies ObjectSchema;

/** A channel of Discord. */
export const discord = defineDestination({
  type: 'discord',
  summary: 'Discord, by a webhook',
  schema,
  example: { url: 'https://discord.com/api/webhooks/1138855220014411776/W3bH00k-fake-QmR7tXzYc1Vd8KpLs0NfEaGh' },

  policy() {
    return chatPolicy;
  },

  check({ url, compat }) {
    if (compat === undefined || isSlackForm(url.reveal())) return [];
    return [{ path: ['compat'], message: '`url` must end in `/slack` for it' }];
  },

  create({ url, thread_id, username, compat, recipient, authentik_version }, { common, clock, authentikUrl }) {
    const client = createHttpClient(common, clock);
    const slackForm = isSlackForm(url.reveal());
    const bodyOf = (batch: readonly Delivery[]): string => {
      const [first] = batch;
      if (first !== undefined && batch.length === 1 && compat === 'authentik') {
        return compatBody(first, { recipient, version: authentik_version });
      }
      const message = messageOf(batch, authentikUrl);
      return JSON.stringify(slackForm ? discordSlackPayload(message, username) : discordPayload(message, username));
    };
    return {
      async send(batch, signal) {
        if (batch.length === 0) return { status: 'delivered' };
        const address = withQuery(url.reveal(), thread_id);
        const headers = { 'content-type': 'application/json' };
        const reply = await client.request({ method: 'POST', url: address, headers, body: bodyOf(batch), signal });
        return classifyChat(reply, clock.now());
      },
      close: () => client.close(),
    };
  },
});

function isSlackForm(url: string): boolean {
  return /\/slack\/?$/.test(URL.parse(url)?.pathname ?? '');
}

/** Without `wait` Discord hides what went wrong after it took the request. */
function withQuery(url: string, threadId: string | undefined): string {
  const address = new URL(url);
  address.searchParams.set('wait', 'true');
  if (threadId !== undefined) address.searchParams.set('thread_id', threadId);
  return address.href;
}
