import type { Delivery, SendResult } from '../core/delivery.ts';
import type { ObjectSchema } from '../core/schema.ts';
import { describeReply, held } from '../net/classify.ts';
import type { HttpFailure, HttpReply } from '../net/http.ts';
import { chatFailures, chatPolicy, digestNote, messageOf } from './chat.ts';
import { chatDestination } from './chat-destination.ts';
import { classifyChat } from './chat-reply.ts';
import { defineDestination } from './destination.ts';
import { teamsPayload } from './teams-card.ts';

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      secret: true,
      description:
        'Address of the workflow, whole, with its `sig`. Never shown: who knows it can write to the channel.',
    },
  },
  required: ['url'],
} as const satisfies ObjectSchema;

/** A channel or chat of Microsoft Teams, by a workflow of Power Automate. */
export const teams = defineDestination({
  type: 'teams',
  summary: 'Microsoft Teams, by a workflow',
  schema,
  example: {
    url: 'https://prod-23.westeurope.logic.azure.com/workflows/0f3b8d2c6a/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=kQw9ErTyUiOpAsDfGhJkLzXcVbNm',
  },
  guide: {
    notes: [
      'Messages are Adaptive Cards of version 1.4. Text from events stands in text runs, which know no Markdown: it can format nothing, link nowhere and mention nobody.',
      '202 means that the workflow has the message, not that it is in the channel: a run that fails later shows only in the run history of the workflow. `herald send-test` and a look into the channel tell.',
      'Addresses of Office 365 connectors (`webhook.office.com`) are refused: Microsoft has retired them.',
      digestNote,
    ],
    order: 'Kept by herald: one request is under way at a time. Runs of a workflow may overtake each other in Teams.',
    idempotency: 'Teams knows none: a message whose answer was lost comes twice.',
    limits: [
      'A message of 28 KiB, counted by Teams as it stores it. herald stays below: fields that have no room are left off from the end and counted (`+3 more`).',
      'About four requests a second; what a workflow may run in a day depends on the licence of its owner.',
    ],
    failures: [
      {
        when: '401 `DirectApiAuthorizationRequired`, `AuthorizationFailed`',
        meaning:
          'The address is cut off before its `sig`, or the trigger does not allow *Anyone*: copy the whole address again.',
        outcome: 'held',
        reason: 'unauthorized',
        sample: { status: 401, body: '{"error":{"code":"DirectApiAuthorizationRequired","message":"…"}}' },
      },
      {
        when: '400 `WorkflowTriggerIsNotEnabled`',
        meaning: 'The workflow is switched off or deleted. Switch it on, or put the address of a new one into `url`.',
        outcome: 'held',
        reason: 'unauthorized',
        sample: {
          status: 400,
          body: '{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"… state \'Disabled\'"}}',
        },
      },
      {
        when: '400 `TriggerInputSchemaMismatch`',
        meaning: 'The trigger was given a schema of its own that the message does not fit: remove it.',
        outcome: 'dead letter',
        reason: 'invalid',
        sample: { status: 400, body: '{"error":{"code":"TriggerInputSchemaMismatch","message":"…"}}' },
      },
      ...chatFailures,
    ],
  },

  policy() {
    return chatPolicy;
  },

  check({ url }) {
    const host = URL.parse(url.reveal())?.hostname ?? '';
    if (!/(?:^|\.)(?:webhook\.office\.com|outlook\.office(?:365)?\.com)$/.test(host)) return [];
    return [
      { path: ['url'], message: 'an Office 365 connector, which Microsoft has retired: make a workflow in Teams' },
    ];
  },

  setup() {
    return [
      {
        title: 'A workflow in Teams',
        language: 'markdown',
        text: [
          '1. In Teams choose *…* beside the channel, then *Workflows*, and the template *Send webhook alerts to a channel*.',
          '2. Leave *Who can trigger the flow* at *Anyone*, and the trigger without a schema.',
          '3. Copy the whole address, with `&sig=…`, into `url`, as `${env:…}` or `${file:…}`: it is a secret.',
          '4. Give the workflow a second owner: it stops working when its only owner leaves.',
          '5. Run `herald send-test` and look into the channel.',
        ].join('\n'),
      },
    ];
  },

  create({ url }, deps) {
    const bodyOf = (batch: readonly Delivery[]): string => JSON.stringify(teamsPayload(messageOf(batch, deps)));
    return chatDestination(deps, (batch) => ({ url: url.reveal(), body: bodyOf(batch) }), classify);
  },
});

/** A workflow that is switched off answers like a bad request, but it is not the message that is bad. */
function classify(reply: HttpReply | HttpFailure, nowMs: number): SendResult {
  const off = reply.kind === 'reply' && reply.status === 400 && reply.body.includes('WorkflowTriggerIsNotEnabled');
  return off ? held(describeReply(reply)) : classifyChat(reply, nowMs);
}
