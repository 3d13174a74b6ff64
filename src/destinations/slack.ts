import type { Delivery } from '../core/delivery.ts';
import type { ObjectSchema } from '../core/schema.ts';
import { chatFailures, chatPolicy, compatOptions, digestNote, messageOf } from './chat.ts';
import { chatDestination } from './chat-destination.ts';
import { defineDestination } from './destination.ts';
import { slackPayload } from './slack-blocks.ts';
import { compatBody } from './slack-compat.ts';

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
  guide: {
    notes: [
      'Texts from events can format nothing, link nowhere and mention nobody. With `compat: authentik` they are not escaped, as in authentik.',
      digestNote,
    ],
    order: 'Kept. One message is under way at a time.',
    idempotency: 'Slack knows none: a message whose answer was lost comes twice.',
    limits: [
      'One message a second and channel.',
      'Title 150 characters, summary 3,000, a field 2,000; what is longer is cut and marked `…`.',
    ],
    failures: [
      {
        when: '403 `invalid_token`, `action_prohibited`',
        meaning: 'The webhook was revoked or an administrator forbids it.',
        outcome: 'held',
        reason: 'unauthorized',
        sample: { status: 403, body: 'invalid_token' },
      },
      {
        when: '404 `no_service`, `channel_not_found`; 410 `channel_is_archived`',
        meaning: 'The webhook or its channel is gone: make a new webhook and put its address into `url`.',
        outcome: 'dead letter',
        reason: 'not_found',
        sample: { status: 404, body: 'no_service' },
      },
      {
        when: '200 with `"ok": false`',
        meaning: 'Refused; the answer names the error.',
        outcome: 'dead letter',
        reason: 'invalid',
        sample: { status: 200, body: '{"ok":false,"error":"invalid_blocks"}' },
      },
      ...chatFailures,
    ],
  },

  policy() {
    return chatPolicy;
  },

  setup() {
    return [
      {
        title: 'An incoming webhook in Slack',
        language: 'markdown',
        text: [
          '1. Create an app at https://api.slack.com/apps (from scratch) in your workspace.',
          '2. Under *Incoming Webhooks* switch them on and choose *Add New Webhook to Workspace* and the channel.',
          '3. Put the address, `https://hooks.slack.com/services/…`, into `url`, as `${env:…}` or `${file:…}`: it is a secret.',
        ].join('\n'),
      },
    ];
  },

  create({ url, username, compat, recipient, authentik_version }, deps) {
    const bodyOf = (batch: readonly Delivery[]): string => {
      const [first] = batch;
      if (first !== undefined && batch.length === 1 && compat === 'authentik') {
        return compatBody(first, { recipient, version: authentik_version });
      }
      return JSON.stringify(slackPayload(messageOf(batch, deps), username));
    };
    return chatDestination(deps, (batch) => ({ url: url.reveal(), body: bodyOf(batch) }));
  },
});
