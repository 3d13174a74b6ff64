import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import { messageOf } from '../../src/destinations/chat.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { ntfy } from '../../src/destinations/ntfy.ts';
import { ntfyBody } from '../../src/destinations/ntfy-message.ts';
import { attack, delivery, strains } from '../support/notifications.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import { played, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { ntfyStandIn } from '../support/receivers/ntfy.ts';

const topic = 'authentik-8Wb1kzpXq3';
const { signal } = new AbortController();
let shown: Map<string, object>;
let receiver: HttpReceiver;
let destination: Destination | undefined;

beforeEach(async () => {
  shown = new Map();
  receiver = await startHttpReceiver();
  receiver.script(played(ntfyStandIn({ topic, authorization: 'Bearer tk_secret' }, shown)));
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await receiver.close();
});

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  destination ??= createDestination(ntfy, { url: receiver.url, topic, token: 'tk_secret', ...options });
  return destination.send(batch, signal);
}

test('a message has title, words, priority, tags, the page to open and buttons', async () => {
  const facts = { client_ip: '203.0.113.7', request_id: 'ab12' };
  assert.deepEqual(await send({}, delivery(facts, { severity: 'alert' })), { status: 'delivered' });
  assert.deepEqual(
    [...shown.values()],
    [
      {
        topic,
        title: 'Failed login for ada.lovelace from 203.0.113.7',
        priority: 5,
        tags: ['rotating_light', 'authentik'],
        sequence_id: '0123456789abcdef0123456789abcdef-1b2c3d4e',
        click: 'https://auth.example.com/if/admin/#/events/log;%7B%22search%22%3A%22ab12%22%7D',
        actions: [{ action: 'view', label: 'User', url: 'https://auth.example.com/if/admin/#/identity/users/6' }],
        message: [
          'The sign-in was not accepted.',
          'User: ada.lovelace (ada.lovelace@example.com)',
          'Address: 203.0.113.7',
          'alert · rule failed logins · 2026-01-15T09:03:48Z · 0123456789abcdef0123456789abcdef',
        ].join('\n'),
      },
    ],
  );
});

test('one that comes twice replaces the first', async () => {
  await send({}, delivery());
  await send({}, delivery());
  assert.equal(shown.size, 1);
});

test('whatever an event holds is within 4,096 bytes, and no text of it is a header', async () => {
  for (const { name, batch } of strains()) assert.deepEqual(await send({}, ...batch), { status: 'delivered' }, name);
  const expected = ['accept', 'authorization', 'connection', 'content-length', 'content-type', 'host', 'user-agent'];
  for (const { headers } of receiver.requests) {
    assert.deepEqual(
      Object.keys(headers).filter((name) => !expected.includes(name)),
      [],
    );
  }
});

test('what has no room is cut off the end, marked', () => {
  const one = delivery();
  const fields = Array.from({ length: 9 }, (_, at) => ({ name: `${at}`, value: '王"'.repeat(400), short: true }));
  const body = ntfyBody({ ...messageOf([one], { authentikUrl: undefined }), fields }, [one], topic);
  assert.ok(Buffer.byteLength(body) <= 4096 && Buffer.byteLength(body) > 4000, String(Buffer.byteLength(body)));
  assert.match(JSON.parse(body).message, /…$/);
});

test('links that are too long are left off, the words stay', () => {
  const one = delivery({ request_id: 'x' });
  const message = messageOf([one], { authentikUrl: 'https://auth.example.com' });
  const links = [{ label: 'Event log', url: `https://auth.example.com/${'x'.repeat(3000)}` }];
  const body: unknown = JSON.parse(ntfyBody({ ...message, links }, [one], topic));
  assert.ok(!Object.hasOwn(Object(body), 'click'));
});

test('text of an event is neither a link nor a line of its own', () => {
  const one = delivery(attack('x\nhttps://evil.example/ \u202e'));
  const { message } = JSON.parse(ntfyBody(messageOf([one], { authentikUrl: undefined }), [one], topic));
  assert.doesNotMatch(message, /https:\/\/evil|^https|\u202e/m);
});

test('logs in by token, by password or not at all', async () => {
  const basic = `Basic ${Buffer.from('herald:pass:word').toString('base64')}`;
  for (const [options, authorization] of [
    [{ token: 'tk_other' }, 'Bearer tk_other'],
    [{ token: undefined, username: 'herald', password: 'pass:word' }, basic],
    [{ token: undefined }, undefined],
  ] as const) {
    receiver.script(played(ntfyStandIn({ topic, ...(authorization !== undefined && { authorization }) })));
    assert.deepEqual(await send(options, delivery()), { status: 'delivered' });
    assert.equal(receiver.requests.at(-1)?.headers['authorization'], authorization);
    await destination?.close();
    destination = undefined;
  }
  receiver.script(played(ntfyStandIn({ topic, authorization: basic })));
  const refused = await send({ token: 'tk_wrong' }, delivery());
  assert.ok(refused.status === 'retry' && refused.reason === 'unauthorized');
});

test('an answer that repeats the topic does not show it', async () => {
  receiver.script(
    (response, _socket, { body }) => void response.writeHead(400).end(`no such topic: ${body.toString()}`),
  );
  const result = await send({}, delivery());
  assert.ok(result.status === 'rejected' && result.detail !== undefined && !result.detail.includes(topic));
});

test('options that contradict each other are problems', () => {
  const problems = (more: Written): readonly string[] => problemsOf(ntfy, { topic, ...more });
  assert.deepEqual(problems({}), []);
  assert.deepEqual(problems({ token: 'tk_1', username: 'a', password: 'b' }), [
    'username: `token` is given too: one of them',
  ]);
  assert.deepEqual(problems({ username: 'a' }), ['password: `username` and `password` belong together']);
  assert.deepEqual(problems({ url: 'https://ntfy.sh/my-topic' }), ['url: the topic belongs into `topic`']);
});
