import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { RESTPostAPIWebhookWithTokenJSONBody } from 'discord-api-types/v10';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { EventFacts } from '../../src/core/event.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { discordPayload } from '../../src/destinations/discord-embed.ts';
import { discord } from '../../src/destinations/discord.ts';
import { renderDigest } from '../../src/render/digest.ts';
import { renderMessage } from '../../src/render/message.ts';
import { corpusEvents, event } from '../render/events.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import { answer, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';

const { signal } = new AbortController();
const path = '/api/webhooks/1138855220014411776/W3bH00k-fake-QmR7tXzYc1Vd8KpLs0NfEaGh';
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

function delivery(facts: Partial<EventFacts> = {}): Delivery {
  const made = event(facts);
  return { key: `${made.id}.00000000`, event: made, rule: 'failed logins', severity: 'warning', attempts: 0 };
}

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  destination ??= createDestination(discord, { url: receiver.url + path, ...options });
  return destination.send(batch, signal);
}

/** Holds the limits of Discord's documentation against an embed. */
function checkLimits(payload: RESTPostAPIWebhookWithTokenJSONBody, where: string): void {
  assert.deepEqual(payload.allowed_mentions, { parse: [] }, where);
  let total = 0;
  for (const { title = '', description = '', fields = [], footer } of payload.embeds ?? []) {
    assert.ok(title.length > 0 && title.length <= 256, where);
    assert.ok(description.length > 0 && description.length <= 4096, where);
    assert.ok(fields.length <= 25, where);
    for (const { name, value } of fields) {
      assert.ok(name.trim().length > 0 && name.length <= 256, where);
      assert.ok(value.trim().length > 0 && value.length <= 1024, where);
      total += name.length + value.length;
    }
    const text = footer?.text ?? '';
    assert.ok(text.length > 0 && text.length <= 2048, where);
    total += title.length + description.length + text.length;
  }
  assert.ok(total <= 6000, `${where}: ${total}`);
}

describe('a message', () => {
  test('is one embed that calls nobody', () => {
    const message = renderMessage(
      event({ client_ip: '203.0.113.7', context: { username: 'svc_reports' }, request_id: 'ab12' }),
      { rule: 'failed logins', severity: 'alert', authentikUrl: 'https://auth.example.com' },
    );
    // The compiler is a part of the test: this is the type of Discord's API.
    const payload: RESTPostAPIWebhookWithTokenJSONBody = discordPayload(message, undefined);
    const log = 'https://auth.example.com/if/admin/#/events/log;%7B%22search%22%3A%22ab12%22%7D';
    assert.deepEqual(payload, {
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: 'Failed login for svc\\_reports from 203.0.113.7',
          url: log,
          description: `The sign-in was not accepted.\n\n[Event log](${log}) · [User](https://auth.example.com/if/admin/#/identity/users/6)`,
          color: 0xd1242f,
          fields: [
            { name: 'Tried as', value: 'svc\\_reports', inline: true },
            { name: 'User', value: 'ada.lovelace \\(ada.lovelace\\@example.com\\)', inline: true },
            { name: 'Address', value: '203.0.113.7', inline: true },
          ],
          footer: { text: 'alert · rule failed logins · 0123456789abcdef0123456789abcdef' },
          timestamp: '2026-01-15T09:03:48Z',
        },
      ],
    });
  });

  test('keeps every limit, for the whole corpus and for the longest texts', () => {
    const context = { rule: 'r'.repeat(500), severity: 'notice', authentikUrl: 'https://auth.example.com' } as const;
    for (const { line, event } of corpusEvents()) {
      checkLimits(discordPayload(renderMessage(event, context), undefined), `line ${line}`);
    }
    const long = '<@_*'.repeat(3000);
    const facts = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`${long.slice(0, 80)}${at}`, long]));
    for (const action of [long, 'login_failed', 'user_write', 'model_updated', 'configuration_error']) {
      const hostile = event({
        action,
        user: { username: long },
        client_ip: long,
        context: { ...facts, username: long, message: long },
      });
      checkLimits(discordPayload(renderMessage(hostile, context), undefined), action.slice(0, 20));
    }
    const items = Array.from({ length: 50 }, (_, at) => ({
      event: event({ context: { username: `${at}${long}` } }),
      rule: long,
      severity: 'alert' as const,
    }));
    checkLimits(discordPayload(renderDigest(items, { authentikUrl: 'https://auth.example.com' }), undefined), 'digest');
  });

  test('says how many fields had no room', () => {
    const fields = Array.from({ length: 8 }, (_, at) => ({ name: `key${at}`, value: '_'.repeat(1000), short: false }));
    const message = { ...renderMessage(event(), { rule: 'r', severity: 'notice' }), fields };
    const [embed] = discordPayload(message, undefined).embeds;
    assert.match(embed.footer.text, / · \d+ more fields$/);
    assert.ok(embed.fields.length < 9);
  });

  test('blank values, which Discord refuses, are left off', () => {
    const context = { blank: ' \u3000 ', ' ': 'nameless' };
    const [embed] = discordPayload(
      renderMessage(event({ action: 'custom_x', context }), { rule: 'r', severity: 'notice' }),
      undefined,
    ).embeds;
    assert.deepEqual(
      embed.fields.map(({ name }) => name),
      ['Action', 'unnamed', 'User'],
    );
  });
});

describe('sending', () => {
  test('waits for the message and writes into the thread', async () => {
    receiver.script(answer(200, '{"id":"1"}'));
    assert.deepEqual(await send({ thread_id: '1138855220014411999' }, delivery()), { status: 'delivered' });
    assert.equal(receiver.requests[0]?.path, `${path}?wait=true&thread_id=1138855220014411999`);
  });

  test('several deliveries are one digest', async () => {
    assert.deepEqual(await send({}, delivery(), delivery()), { status: 'delivered' });
    const { embeds } = JSON.parse(receiver.requests[0]?.body.toString() ?? '');
    assert.match(embeds[0].title, /^2 notifications: Failed login/);
    assert.equal(receiver.requests.length, 1);
  });

  for (const [name, reply, expected] of [
    [
      '429',
      answer(429, '{"message":"You are being rate limited.","retry_after":64.57,"global":false}', {
        'retry-after': '65',
      }),
      { status: 'retry', reason: 'throttled', afterMs: 64_570 },
    ],
    [
      '429 of a proxy before it',
      answer(429, 'slow down', { 'retry-after': '7' }),
      { status: 'retry', reason: 'throttled', afterMs: 7000 },
    ],
    ['400', answer(400, '{"embeds":["0"]}'), { status: 'rejected', reason: 'invalid' }],
    [
      '401',
      answer(401, '{"message":"Invalid Webhook Token","code":50027}'),
      { status: 'retry', reason: 'unauthorized' },
    ],
    ['404', answer(404, '{"message":"Unknown Webhook","code":10015}'), { status: 'rejected', reason: 'not_found' }],
    ['502', answer(502, '<html>'), { status: 'retry', reason: 'unavailable' }],
    ['204', answer(204), { status: 'delivered' }],
  ] as const) {
    test(`${name} is classified`, async () => {
      receiver.script(reply);
      const result = await send({}, delivery());
      assert.partialDeepStrictEqual(result, expected);
      assert.doesNotMatch(JSON.stringify(result), /W3bH00k/);
    });
  }
});

describe('an address that ends in /slack', () => {
  test('gets the Slack form with the same texts', async () => {
    const url = `${receiver.url}${path}/slack`;
    assert.deepEqual(await send({ url }, delivery({ context: { username: '<!channel>' } })), { status: 'delivered' });
    const [request] = receiver.requests;
    assert.equal(request?.path, `${path}/slack?wait=true`);
    const { attachments, text } = JSON.parse(request.body.toString());
    assert.equal(text, undefined);
    assert.equal(attachments[0].title, 'Failed login for “\\<!channel\\>”');
    assert.equal(attachments[0].color, '#e0a100');
    assert.equal(attachments[0].ts, Date.parse('2026-01-15T09:03:48Z') / 1000);
    assert.deepEqual(attachments[0].fields[0], { title: 'Tried as', value: '\\<!channel\\>', short: true });
  });

  test("sends authentik's own form when asked to", async () => {
    const url = `${receiver.url}${path}/slack`;
    assert.deepEqual(await send({ url, compat: 'authentik' }, delivery()), { status: 'delivered' });
    assert.match(receiver.requests[0]?.body.toString() ?? '', /^\{"username": "authentik", "icon_url": /);
  });

  test('is required for compat', () => {
    const url = 'https://discord.com/api/webhooks/1/x';
    assert.deepEqual(problemsOf(discord, { url, compat: 'authentik' }), ['compat: `url` must end in `/slack` for it']);
    assert.deepEqual(problemsOf(discord, { url: `${url}/slack`, compat: 'authentik' }), []);
  });
});
