import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import { messageOf } from '../../src/destinations/chat.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { storedBytes, teamsPayload } from '../../src/destinations/teams-card.ts';
import { teams } from '../../src/destinations/teams.ts';
import { character } from '../support/character.ts';
import { attack, delivery, strains } from '../support/notifications.ts';
import { createDestination, problemsOf } from '../support/receivers/destination.ts';
import { answer, played, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { teamsStandIn } from '../support/receivers/teams.ts';

const authentikUrl = 'https://auth.example.com';
const path = '/workflows/0f3b/triggers/manual/paths/invoke?api-version=2016-06-01&sv=1.0&sig=';
const sig = 'kQw9ErTyUiOpAsDfGhJkLzXcVbNm';
const { signal } = new AbortController();
let posted: object[];
let receiver: HttpReceiver;
let destination: Destination | undefined;

beforeEach(async () => {
  posted = [];
  receiver = await startHttpReceiver();
  receiver.script(played(teamsStandIn(sig, posted)));
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await receiver.close();
});

function send(...batch: readonly Delivery[]): Promise<SendResult> {
  destination ??= createDestination(teams, { url: receiver.url + path + sig });
  return destination.send(batch, signal);
}

test('a card has a heading in the colour of its severity, the words and the links', async () => {
  const facts = { client_ip: '203.0.113.7', request_id: 'ab12' };
  assert.deepEqual(await send(delivery(facts, { severity: 'alert' })), { status: 'delivered' });
  const run = (text: string, more: object = {}): object => ({ type: 'TextRun', text, ...more });
  const bold = { weight: 'Bolder' };
  assert.deepEqual(posted, [
    {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      fallbackText: 'Failed login for ada.lovelace from 203.0.113.7',
      msteams: { width: 'Full' },
      body: [
        {
          type: 'Container',
          style: 'attention',
          bleed: true,
          items: [
            {
              type: 'RichTextBlock',
              inlines: [run('Failed login for ada.lovelace from 203.0.113.7', { ...bold, size: 'Large' })],
            },
          ],
        },
        { type: 'RichTextBlock', inlines: [run('The sign-in was not accepted.')] },
        {
          type: 'RichTextBlock',
          inlines: [run('User: ', bold), run('ada.lovelace (ada.lovelace@example.com)')],
          spacing: 'Small',
        },
        { type: 'RichTextBlock', inlines: [run('Address: ', bold), run('203.0.113.7')], spacing: 'Small' },
        {
          type: 'RichTextBlock',
          inlines: [
            run('alert · rule failed logins · 2026-01-15T09:03:48Z · 0123456789abcdef0123456789abcdef', {
              size: 'Small',
              isSubtle: true,
            }),
          ],
        },
      ],
      actions: [
        {
          type: 'Action.OpenUrl',
          title: 'Event log',
          url: `${authentikUrl}/if/admin/#/events/log;%7B%22search%22%3A%22ab12%22%7D`,
        },
        { type: 'Action.OpenUrl', title: 'User', url: `${authentikUrl}/if/admin/#/identity/users/6` },
      ],
    },
  ]);
});

describe('room', () => {
  test('whatever an event holds, Teams has room for it', async () => {
    for (const { name, batch } of strains()) assert.deepEqual(await send(...batch), { status: 'delivered' }, name);
  });

  test('fields without room are left off from the end and counted', () => {
    const fields = Array.from({ length: 50 }, (_, at) => ({
      name: `field ${at}`,
      value: '"'.repeat(1000),
      short: true,
    }));
    const payload = teamsPayload({ ...messageOf([delivery()], { authentikUrl: undefined }), fields });
    const text = JSON.stringify(payload);
    assert.match(text, /field 0: /);
    assert.doesNotMatch(text, /field 49: /);
    assert.match(text, /\+\d+ more/);
    assert.ok(storedBytes(payload) <= 24 * 1024 && storedBytes(payload) > 20 * 1024);
  });
});

test('no text of an event becomes an element, a link, a mention or a function of the card', () => {
  const pieces = [
    '<at>Ada</at>',
    '@everyone',
    '{{DATE(2026-01-15T09:00:00Z)}}',
    '[x](https://evil.example)',
    '**b**',
    '\n- a',
    '{{{',
    'javascript:alert(1)',
    'https://evil.example/',
  ];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: character, maxLength: 3 })))
    .map((all) => all.join(''));
  fc.assert(
    fc.property(text, fc.constantFrom('login_failed', 'configuration_error', 'model_updated'), (evil, action) => {
      const one = delivery({ ...attack(evil), action });
      const { content } = teamsPayload(messageOf([one], { authentikUrl })).attachments[0];
      for (const { type, text } of nodes(content)) {
        // Only text runs, which know no Markdown, have words in them.
        assert.ok(
          type === undefined ||
            ['AdaptiveCard', 'Container', 'RichTextBlock', 'TextRun', 'Action.OpenUrl'].includes(type),
          type,
        );
        assert.ok(text === undefined || type === 'TextRun');
        assert.doesNotMatch(text ?? '', /<|>|\{\{|https?:\/\/|(?<![\w.])@everyone|[\n\r]/);
      }
      for (const { url } of content.actions ?? []) assert.ok(url.startsWith(`${authentikUrl}/if/`), url);
      assert.deepEqual(content.msteams, { width: 'Full' });
    }),
    { numRuns: 200, seed: 20260115 },
  );
});

/** Every object in a card. */
function nodes(value: unknown): readonly { readonly type?: string; readonly text?: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : [value]), ...Object.values(value).flatMap(nodes)];
}

describe('answers', () => {
  for (const [name, reply, expected] of [
    ['200, where a workflow has a response of its own', answer(200, '{}'), { status: 'delivered' }],
    [
      '429 with Retry-After',
      answer(429, '{"error":{"code":"WorkflowRunActionThrottled"}}', { 'retry-after': '11' }),
      { status: 'retry', reason: 'throttled', afterMs: 11_000 },
    ],
    ['502', answer(502, '{"error":{"code":"NoResponse"}}'), { status: 'retry', reason: 'unavailable' }],
    ['404', answer(404, '{"error":{"code":"WorkflowNotFound"}}'), { status: 'rejected', reason: 'not_found' }],
  ] as const) {
    test(name, async () => {
      receiver.script(reply);
      assert.partialDeepStrictEqual(await send(delivery()), expected);
    });
  }

  test('an address without its sig is held', async () => {
    const url = receiver.url + path.replace('&sig=', '');
    destination = createDestination(teams, { url });
    const result = await send(delivery());
    assert.ok(result.status === 'retry' && result.reason === 'unauthorized', JSON.stringify(result));
    assert.match(result.detail ?? '', /DirectApiAuthorizationRequired/);
  });
});

test('the address of a retired connector is a problem', () => {
  const expected = ['url: an Office 365 connector, which Microsoft has retired: make a workflow in Teams'];
  for (const host of ['example.webhook.office.com', 'outlook.office.com', 'outlook.office365.com']) {
    assert.deepEqual(problemsOf(teams, { url: `https://${host}/webhookb2/x/IncomingWebhook/y` }), expected);
  }
  assert.deepEqual(problemsOf(teams, { url: 'https://webhook.office.com.example.com/x' }), []);
});
