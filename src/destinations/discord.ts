import type { Delivery } from '../core/delivery.ts';
import type { ObjectSchema } from '../core/schema.ts';
import { chatFailures, chatPolicy, compatOptions, digestNote, messageOf } from './chat.ts';
import { chatDestination } from './chat-destination.ts';
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
  guide: {
    notes: [
      'Texts from events can format nothing, link nowhere and mention nobody. With `compat: authentik` they are not escaped, as in authentik.',
      digestNote,
    ],
    order: 'Kept. One message is under way at a time.',
    idempotency: 'Discord knows none: a message whose answer was lost comes twice.',
    limits: [
      'Title 256 characters, description 4,096, 25 fields, a value 1,024, all together 6,000; what is longer is cut and marked `…`, fields without room are counted in the footer.',
    ],
    failures: [
      {
        when: '404 `Unknown Webhook`',
        meaning: 'The webhook was deleted: make a new one and put its address into `url`.',
        outcome: 'dead letter',
        reason: 'not_found',
        sample: { status: 404, body: '{"message":"Unknown Webhook","code":10015}' },
      },
      {
        when: '429 with `retry_after`',
        meaning: "The channel's rate limit. herald waits as long as the body says.",
        outcome: 'retried',
        reason: 'throttled',
        sample: { status: 429, body: '{"message":"You are being rate limited.","retry_after":0.65,"global":false}' },
      },
      ...chatFailures,
    ],
  },

  policy() {
    return chatPolicy;
  },

  check({ url, compat }) {
    if (compat === undefined || isSlackForm(url.reveal())) return [];
    return [{ path: ['compat'], message: '`url` must end in `/slack` for it' }];
  },

  setup() {
    return [
      {
        title: 'A webhook in Discord',
        language: 'markdown',
        text: [
          '1. Open the settings of the channel, *Integrations*, *Webhooks*, and create one.',
          '2. Copy its address, `https://discord.com/api/webhooks/…`, into `url`, as `${env:…}` or `${file:…}`: it is a secret.',
        ].join('\n'),
      },
    ];
  },

  create({ url, thread_id, username, compat, recipient, authentik_version }, deps) {
    const slackForm = isSlackForm(url.reveal());
    const bodyOf = (batch: readonly Delivery[]): string => {
      const [first] = batch;
      if (first !== undefined && batch.length === 1 && compat === 'authentik') {
        return compatBody(first, { recipient, version: authentik_version });
      }
      const message = messageOf(batch, deps);
      return JSON.stringify(slackForm ? discordSlackPayload(message, username) : discordPayload(message, username));
    };
    return chatDestination(deps, (batch) => ({ url: withQuery(url.reveal(), thread_id), body: bodyOf(batch) }));
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
