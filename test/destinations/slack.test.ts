import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { AnyBlock, MessageAttachment } from '@slack/types';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { EventFacts } from '../../src/core/event.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { slackPayload } from '../../src/destinations/slack-blocks.ts';
import { slack } from '../../src/destinations/slack.ts';
import { renderDigest } from '../../src/render/digest.ts';
import { renderMessage } from '../../src/render/message.ts';
import { corpusEvents, event } from '../render/events.ts';
import { createDestination, type Written } from '../support/receivers/destination.ts';
import { answer, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';

const { signal } = new AbortController();
const path = '/services/T0EXAMPLE/B0EXAMPLE/kQw9ErTyUiOpAsDfGhJk';
let receiver: HttpReceiver;
let destination: Destination | undefined;

beforeEach(async () => {
  receiver = await startHttpReceiver();
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await receiver.close();
});

function delivery(facts: Partial<EventFacts> = {}, more: Partial<Delivery> = {}): Delivery {
  const made = event(facts);
  return { key: `${made.id}.00000000`, event: made, rule: 'failed logins', severity: 'warning', attempts: 0, ...more };
}

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  destination ??= createDestination(slack, { url: receiver.url + path, ...options });
  return destination.send(batch, signal);
}

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What an incoming webhook takes, in Slack's own types. */
interface IncomingWebhook {
  text: string;
  username?: string;
  blocks: AnyBlock[];
  attachments: MessageAttachment[];
}

function mrkdwnTexts({ text, attachments }: ReturnType<typeof slackPayload>): readonly string[] {
  const blocks = attachments.flatMap((attachment) => attachment.blocks);
  const inside = blocks.flatMap((block): readonly { readonly type: string; readonly text: string }[] => {
    if (block.type === 'context') return block.elements;
    if (block.type === 'header') return [];
    return 'fields' in block ? block.fields : [block.text];
  });
  return [text, ...inside.filter(({ type }) => type === 'mrkdwn').map((element) => element.text)];
}

/** Holds the limits of Slack's documentation against every block. */
function checkLimits(payload: ReturnType<typeof slackPayload>, where: string): void {
  assert.ok(payload.text.length > 0 && payload.text.length <= 4000, where);
  const blocks = [...payload.blocks, ...payload.attachments.flatMap((attachment) => attachment.blocks)];
  assert.ok(blocks.length <= 50, where);
  for (const block of blocks) {
    if (block.type === 'header') assert.ok(block.text.text.length > 0 && block.text.text.length <= 150, where);
    if (block.type === 'context') {
      assert.ok(block.elements.length <= 10, where);
      for (const { text } of block.elements) assert.ok(text.length > 0 && text.length <= 3000, where);
    }
    if (block.type === 'section' && 'text' in block) {
      assert.ok(block.text.text.length > 0 && block.text.text.length <= 3000, where);
    }
    if (block.type === 'section' && 'fields' in block) {
      assert.ok(block.fields.length > 0 && block.fields.length <= 10, where);
      for (const { text } of block.fields) assert.ok(text.length > 0 && text.length <= 2000, where);
    }
  }
}

describe('a message', () => {
  test('has the title as header, the rest beside the colour of its severity', () => {
    const message = renderMessage(
      event({ client_ip: '203.0.113.7', context: { username: 'ada.lovelace' }, request_id: 'ab12' }),
      { rule: 'failed logins', severity: 'alert', authentikUrl: 'https://auth.example.com' },
    );
    const payload = slackPayload(message, 'herald');
    // The compiler is the test here: the payload is what Slack's own types say.
    const typed: DeepReadonly<IncomingWebhook> = payload;
    assert.equal(typed.text, 'Failed login for ada.lovelace from 203.0.113.7');
    assert.deepEqual(JSON.parse(JSON.stringify(payload)), {
      text: 'Failed login for ada.lovelace from 203.0.113.7',
      username: 'herald',
      blocks: [
        {
          type: 'header',
          text: { type: 'plain_text', text: 'Failed login for ada.lovelace from 203.0.113.7', emoji: false },
        },
      ],
      attachments: [
        {
          color: '#d1242f',
          fallback: 'Failed login for ada.lovelace from 203.0.113.7',
          blocks: [
            { type: 'section', text: { type: 'plain_text', text: 'The sign-in was not accepted.', emoji: false } },
            {
              type: 'section',
              fields: [
                { type: 'mrkdwn', text: '*User*\nada.lovelace (ada.lovelace@example.com)', verbatim: true },
                { type: 'mrkdwn', text: '*Address*\n203.0.113.7', verbatim: true },
              ],
            },
            {
              type: 'section',
              text: {
                type: 'mrkdwn',
                text: '<https://auth.example.com/if/admin/#/events/log;%7B%22search%22%3A%22ab12%22%7D|Event log> · <https://auth.example.com/if/admin/#/identity/users/6|User>',
                verbatim: true,
              },
            },
            {
              type: 'context',
              elements: [
                {
                  type: 'mrkdwn',
                  text: 'alert · rule failed logins · 2026-01-15T09:03:48Z · 0123456789abcdef0123456789abcdef',
                  verbatim: true,
                },
              ],
            },
          ],
        },
      ],
    });
  });

  test('keeps every limit, for the whole corpus and for the longest texts', () => {
    const context = { rule: 'r'.repeat(500), severity: 'notice', authentikUrl: 'https://auth.example.com' } as const;
    for (const { line, event } of corpusEvents()) {
      checkLimits(slackPayload(renderMessage(event, context), undefined), `line ${line}`);
    }
    const long = '<&*'.repeat(3000);
    const facts = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`${long.slice(0, 80)}${at}`, long]));
    for (const action of [long, 'login_failed', 'user_write', 'model_updated', 'configuration_error']) {
      const hostile = event({
        action,
        user: { username: long },
        client_ip: long,
        context: { ...facts, username: long, message: long },
      });
      checkLimits(slackPayload(renderMessage(hostile, context), undefined), action.slice(0, 20));
    }
    const items = Array.from({ length: 50 }, (_, at) => ({
      event: event({ context: { username: `${at}${long}` } }),
      rule: long,
      severity: 'alert' as const,
    }));
    checkLimits(slackPayload(renderDigest(items, { authentikUrl: 'https://auth.example.com' }), undefined), 'digest');
  });

  test('spreads many fields over sections', () => {
    const message = renderMessage(event(), { rule: 'r', severity: 'notice' });
    const many = (count: number, short: boolean) =>
      Array.from({ length: count }, (_, at) => ({ name: `name${at}`, value: '<'.repeat(1000), short }));
    const payload = slackPayload({ ...message, fields: [...many(23, true), ...many(30, false)] }, undefined);
    checkLimits(payload, 'many fields');
    const sections = payload.attachments.flatMap(({ blocks }) => blocks).filter((block) => 'fields' in block);
    assert.deepEqual(
      sections.map(({ fields }) => fields.length),
      [10, 10, 3],
    );
    assert.match(JSON.stringify(payload), /\+\d+ more/);
  });

  test('no text of an event can call, link or format', () => {
    const evil = '<!channel> <https://evil.example|ok> *b* @here';
    const payload = slackPayload(
      renderMessage(
        event({
          user: { username: evil },
          context: { username: evil, stage: { app: 'a', model_name: 'b', name: evil } },
        }),
        {
          rule: 'r',
          severity: 'notice',
        },
      ),
      undefined,
    );
    const text = JSON.stringify(payload);
    assert.doesNotMatch(text, /<!|<http|https:\/\/evil|@here/);
    // Plain text formats nothing; what stands in mrkdwn has no formatting characters left.
    assert.doesNotMatch(JSON.stringify(mrkdwnTexts(payload)), /\*b\*/);
    assert.match(text, /&lt;!channel&gt;/);
  });
});

describe('sending', () => {
  test('posts JSON and takes ok', async () => {
    assert.deepEqual(await send({}, delivery()), { status: 'delivered' });
    const [request] = receiver.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request.path, path);
    assert.equal(request.headers['content-type'], 'application/json');
    assert.match(JSON.parse(request.body.toString()).text, /^Failed login for ada\.lovelace/);
  });

  test('several deliveries are one digest', async () => {
    const batch = ['ada', 'eve', 'eve'].map((username) => delivery({ context: { username } }));
    assert.deepEqual(await send({}, ...batch), { status: 'delivered' });
    assert.equal(receiver.requests.length, 1);
    assert.match(
      JSON.parse(receiver.requests[0]?.body.toString() ?? '').text,
      /^3 notifications: Failed login for eve and others$/,
    );
  });

  for (const [name, reply, expected] of [
    [
      '429 with a header',
      answer(429, 'rate_limited', { 'retry-after': '30' }),
      { status: 'retry', reason: 'throttled', afterMs: 30_000, detail: 'HTTP 429: rate_limited' },
    ],
    [
      '429 with the seconds in the body',
      answer(429, '{"retry_after":1.5,"ok":false,"error":"rate_limited"}'),
      { status: 'retry', reason: 'throttled', afterMs: 1500 },
    ],
    [
      '200 that is none',
      answer(200, '{"ok":false,"error":"ratelimited","retry_after":2}'),
      { status: 'retry', reason: 'throttled', afterMs: 2000 },
    ],
    [
      '200 with an error',
      answer(200, '{"ok":false,"error":"channel_not_found"}'),
      { status: 'rejected', reason: 'invalid' },
    ],
    ['a page of a proxy', answer(200, '<html>Sign in to the network'), { status: 'retry', reason: 'protocol' }],
    [
      '400',
      answer(400, 'invalid_payload'),
      { status: 'rejected', reason: 'invalid', detail: 'HTTP 400: invalid_payload' },
    ],
    // Held and retried slowly: an administrator can allow it again.
    [
      '403',
      answer(403, 'action_prohibited'),
      { status: 'retry', reason: 'unauthorized', detail: 'HTTP 403: action_prohibited' },
    ],
    ['404', answer(404, 'no_service'), { status: 'rejected', reason: 'not_found', detail: 'HTTP 404: no_service' }],
    ['410', answer(410, 'channel_is_archived'), { status: 'rejected', reason: 'not_found' }],
    ['500', answer(500, 'rollup_error'), { status: 'retry', reason: 'unavailable' }],
    ['a redirect', answer(302, '', { location: 'https://evil.example/' }), { status: 'rejected', reason: 'redirect' }],
  ] as const) {
    test(`${name} is classified`, async () => {
      receiver.script(reply);
      const result = await send({}, delivery());
      assert.partialDeepStrictEqual(result, expected);
      assert.doesNotMatch(JSON.stringify(result), /kQw9ErTyUiOp/);
    });
  }
});

describe('compat: authentik', () => {
  const options = { compat: 'authentik', recipient: 'akadmin', authentik_version: '2026.2.1' };

  async function bodyOf(facts: Partial<EventFacts>, more: Written = {}): Promise<string> {
    assert.deepEqual(await send({ ...options, ...more }, delivery(facts)), { status: 'delivered' });
    return receiver.requests.at(-1)?.body.toString() ?? '';
  }

  test('is the same to the byte', async () => {
    const body = await bodyOf({
      context: {
        message: 'Zoë 🔑\n"x"',
        http_request: { path: '/' },
        bb: 'second',
        aa: 'first',
        c: '\u007f',
        count: 3,
      },
    });
    assert.equal(
      body,
      '{"username": "authentik", "icon_url": "https://goauthentik.io/img/icon.png", "attachments": [{"author_name": "authentik", ' +
        '"author_link": "https://goauthentik.io", "author_icon": "https://goauthentik.io/img/icon.png", "title": "login_failed", ' +
        '"color": "#fd4b2d", "fields": [{"title": "Severity", "value": "warning", "short": true}, ' +
        '{"title": "Dispatched for user", "value": "akadmin", "short": true}, ' +
        '{"title": "Event user", "value": "ada.lovelace", "short": true}, ' +
        // The order of jsonb: shorter keys first.
        '{"title": "c", "value": "\\u007f"}, {"title": "aa", "value": "first"}, {"title": "bb", "value": "second"}, ' +
        '{"title": "message", "value": "Zo\\u00eb \\ud83d\\udd11\\n\\"x\\""}], "footer": "authentik 2026.2.1"}]}',
    );
  });

  test('cuts by code points and stops at 25 fields', async () => {
    const context = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`${'🔑'.repeat(300)}${at}`, '🔑'.repeat(2000)]),
    );
    const { attachments } = JSON.parse(await bodyOf({ user: {}, context }));
    const { fields } = attachments[0];
    assert.equal(fields.length, 25);
    assert.deepEqual(
      fields.slice(0, 2).map(({ title }: { title: string }) => title),
      ['Severity', 'Dispatched for user'],
    );
    assert.equal([...fields[2].title].length, 256);
    assert.equal([...fields[2].value].length, 1024);
    assert.ok(fields[2].value.isWellFormed());
  });

  test('names nobody as Python does', async () => {
    const { attachments } = JSON.parse(await bodyOf({ user: { pk: 3 }, context: {} }));
    assert.deepEqual(attachments[0].fields[2], { title: 'Event user', value: 'None', short: true });
  });
});

test('what to do when the rule fires stands in the message', async () => {
  const runbook = (rule: string): string => `Call the one on duty for ${rule}.`;
  destination = createDestination(slack, { url: receiver.url + path }, { runbook });
  await send({}, delivery());
  const body = receiver.requests[0]?.body.toString('utf8') ?? '';
  assert.match(body, /What to do.{0,80}Call the one on duty for failed logins\./);
});
