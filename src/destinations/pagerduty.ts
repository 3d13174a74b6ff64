import type { Delivery, SendResult } from '../core/delivery.ts';
import type { ObjectSchema } from '../core/schema.ts';
import { describeReply, held } from '../net/classify.ts';
import type { HttpFailure, HttpReply } from '../net/http.ts';
import { chatFailures, chatPolicy, digestNote, messageOf } from './chat.ts';
import { chatDestination } from './chat-destination.ts';
import { classifyChat } from './chat-reply.ts';
import { defineDestination } from './destination.ts';
import { pagerDutyEvent } from './pagerduty-event.ts';

const schema = {
  type: 'object',
  properties: {
    routing_key: {
      type: 'string',
      secret: true,
      minLength: 32,
      maxLength: 32,
      pattern: '^[A-Za-z0-9]*$',
      description: 'Integration key of an "Events API V2" integration: 32 letters and digits.',
    },
    url: {
      type: 'string',
      format: 'url',
      default: 'https://events.pagerduty.com/v2/enqueue',
      description:
        'Address of the Events API v2. For accounts in the EU: `https://events.eu.pagerduty.com/v2/enqueue`.',
    },
    dedup: {
      type: 'string',
      enum: ['event', 'rule'],
      default: 'event',
      description:
        'What becomes one alert: `event` each notification, `rule` all of a rule until somebody resolves the alert.',
    },
  },
  required: ['routing_key'],
} as const satisfies ObjectSchema;

/** Alerts of PagerDuty, which call somebody. */
export const pagerduty = defineDestination({
  type: 'pagerduty',
  summary: 'PagerDuty, by the Events API v2',
  schema,
  example: { routing_key: '4f6a0c1e8b2d4f7390a1c5e7b9d3f208' },
  guide: {
    notes: [
      'Every notification triggers an alert: `notice` as `info`, `warning` as `warning`, `alert` as `critical`. authentik has no event for the end of a problem, so alerts are resolved by people.',
      'The fields of the message are its custom details, the pages of authentik its links. With `dedup: rule` a flood of one rule is one alert with a log, not a hundred calls.',
      digestNote,
    ],
    order: 'Kept. One event is under way at a time.',
    idempotency:
      "`dedup_key` is the delivery's key, the same on every attempt: one that comes twice is added to the alert that it made. For a digest it is a hash of the keys.",
    limits: [
      'About 120 events a minute and integration key.',
      'A summary of 1,024 characters, an event of 512 KB: messages are far smaller.',
    ],
    failures: [
      {
        when: '400 that names the `routing_key`',
        meaning: 'The key is not one of an Events API V2 integration, or the integration was removed.',
        outcome: 'held',
        reason: 'unauthorized',
        sample: {
          status: 400,
          body: '{"status":"invalid event","message":"Event object is invalid","errors":["Invalid routing key"]}',
        },
      },
      {
        when: '400 `invalid event`',
        meaning: 'PagerDuty calls the event wrong; its words are kept with the dead letter.',
        outcome: 'dead letter',
        reason: 'invalid',
        sample: {
          status: 400,
          body: '{"status":"invalid event","message":"Event object is invalid","errors":["\'payload\' is missing or blank"]}',
        },
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
        title: 'An integration in PagerDuty',
        language: 'markdown',
        text: [
          '1. Open the service under *Services*, *Service Directory*, and there *Integrations*.',
          '2. Add the integration *Events API V2* and open it.',
          '3. Put its *Integration Key* into `routing_key`, as `${env:…}` or `${file:…}`: it is a secret.',
          '4. `herald send-test` makes an alert of severity `info`; resolve it by hand.',
        ].join('\n'),
      },
    ];
  },

  create({ routing_key, url, dedup }, deps) {
    const { authentikUrl } = deps;
    const bodyOf = (batch: readonly Delivery[]): string => {
      const event = pagerDutyEvent(messageOf(batch, deps), batch, { dedup, authentikUrl });
      return JSON.stringify({ routing_key: routing_key.reveal(), ...event });
    };
    return chatDestination(deps, (batch) => ({ url, body: bodyOf(batch), secrets: [routing_key] }), classify);
  },
});

/** PagerDuty has no 401: a key that it does not know is a bad event to it. */
function classify(reply: HttpReply | HttpFailure, nowMs: number): SendResult {
  const unknown = reply.kind === 'reply' && reply.status === 400 && /routing[_ ]key/i.test(reply.body);
  return unknown ? held(describeReply(reply)) : classifyChat(reply, nowMs);
}
