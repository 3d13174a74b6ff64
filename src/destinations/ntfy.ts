import type { ObjectSchema } from '../core/schema.ts';
import { chatFailures, chatPolicy, digestNote, messageOf } from './chat.ts';
import { chatDestination } from './chat-destination.ts';
import { authorizationOf } from './credentials.ts';
import { defineDestination, type OptionProblem } from './destination.ts';
import { ntfyBody } from './ntfy-message.ts';

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      default: 'https://ntfy.sh/',
      description: 'Address of the server, without the topic.',
    },
    topic: {
      type: 'string',
      secret: true,
      minLength: 1,
      maxLength: 64,
      pattern: '^[-_A-Za-z0-9]*$',
      description: 'Topic to publish to. Never shown: on a server without accounts who knows it can read and write.',
    },
    token: { type: 'string', secret: true, minLength: 1, description: 'Access token (`tk_…`).' },
    username: { type: 'string', minLength: 1, pattern: '^[^:]*$', description: 'User name, instead of a token.' },
    password: { type: 'string', secret: true, minLength: 1, description: 'Password of that user.' },
  },
  required: ['topic'],
} as const satisfies ObjectSchema;

/** Notifications on phones, by ntfy. */
export const ntfy = defineDestination({
  type: 'ntfy',
  summary: 'ntfy, for phones',
  schema,
  example: { topic: 'authentik-8Wb1kzpXq3', token: 'tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2' },
  guide: {
    notes: [
      'Messages are published as JSON: nothing from an event becomes a header. They are plain text; the pages of authentik open from the notification and its buttons.',
      'Priority: `notice` 3, `warning` 4, `alert` 5, the loudest.',
      digestNote,
    ],
    order: 'Kept. One message is under way at a time.',
    idempotency:
      "`sequence_id` is made of the delivery's key: since version 2.16 of the server one that comes twice replaces the first. Older servers show it again.",
    limits: [
      'A request of 4,096 bytes: the end of the message is cut off, marked `…`, before ntfy would make a file of it.',
      'On ntfy.sh 60 requests at once and then one every five seconds, 250 messages a day without an account.',
    ],
    failures: [
      {
        when: '401 `unauthorized`, 403 `forbidden`',
        meaning: 'The token or password is wrong, or its user may not write to the topic.',
        outcome: 'held',
        reason: 'unauthorized',
        sample: { status: 403, body: '{"code":40301,"http":403,"error":"forbidden"}' },
      },
      {
        when: '429 `limit reached`',
        meaning: 'Too many requests, or the daily number of messages is used up.',
        outcome: 'retried',
        reason: 'throttled',
        sample: { status: 429, body: '{"code":42908,"http":429,"error":"limit reached: too many messages"}' },
      },
      ...chatFailures,
    ],
  },

  policy() {
    return chatPolicy;
  },

  check({ url, token, username, password }): readonly OptionProblem[] {
    const path = URL.parse(url)?.pathname ?? '/';
    return [
      ...(token !== undefined && username !== undefined
        ? [{ path: ['username'], message: '`token` is given too: one of them' }]
        : []),
      ...((username === undefined) === (password === undefined)
        ? []
        : [{ path: ['password'], message: '`username` and `password` belong together' }]),
      // A topic in the address is what the other way of publishing wants.
      ...(/^\/[-_A-Za-z0-9]{1,64}$/.test(path) ? [{ path: ['url'], message: 'the topic belongs into `topic`' }] : []),
    ];
  },

  setup() {
    return [
      {
        title: 'A topic of your own',
        language: 'markdown',
        text: [
          "1. On ntfy.sh choose a name that nobody guesses: who knows a topic can read it. On a server of one's own take one with access control.",
          '2. There, make a user that may only write, and a token for it:',
        ].join('\n'),
      },
      {
        title: 'Access control on a server of your own',
        language: 'sh',
        text: 'ntfy user add herald\nntfy access herald my-topic write-only\nntfy token add herald\n',
      },
    ];
  },

  create({ url, topic, token, username, password }, deps) {
    const secrets = [topic, token, password].filter((secret) => secret !== undefined);
    const authorization = authorizationOf({ bearer_token: token, username, password });
    const headers = { ...(authorization !== undefined && { authorization }) };
    return chatDestination(deps, (batch) => {
      const body = ntfyBody(messageOf(batch, deps), batch, topic.reveal());
      return { url, body, headers, secrets };
    });
  },
});
