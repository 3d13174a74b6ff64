import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { eventText } from '../../src/destinations/format.ts';
import { webhook } from '../../src/destinations/webhook.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { leased } from '../support/leased.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import { answer, startHttpReceiver, type HttpReceiver, type ReceivedRequest } from '../support/receivers/http.ts';

const { signal } = new AbortController();
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

async function send(options: Written, ...batch: readonly Delivery[]): Promise<ReceivedRequest> {
  destination ??= createDestination(webhook, { url: `${receiver.url}/hook`, ...options });
  assert.deepEqual(await destination.send(batch, signal), { status: 'delivered' });
  const request = receiver.requests.at(-1);
  assert.ok(request !== undefined);
  return request;
}

function withEvent(event: { readonly [key: string]: unknown }): Delivery {
  const base = leased(1);
  const json = JSON.stringify({ id: base.event.id, at: base.event.at, origin: {}, user: {}, context: {}, ...event });
  return { ...base, event: fromStored(json), bytes: Buffer.from(json) };
}

describe('format', () => {
  for (const format of ['herald', 'authentik', 'ecs', 'ocsf'] as const) {
    const context = { instance: 'herald-0', authentikUrl: 'https://auth.example.com' };
    const text = eventText(format, leased(1), context);

    test(`${format} alone`, async () => {
      assert.equal((await send({ format }, leased(1))).body.toString(), text);
    });

    test(`${format} in a list`, async () => {
      const { body } = await send({ format, encoding: 'array' }, leased(1), leased(1));
      assert.equal(body.toString(), `[${text},${text}]`);
    });
  }
});

describe("authentik's own body", () => {
  test('has its keys in its order', async () => {
    const request = await send({ recipient: { email: 'soc@example.com', username: 'soc' } }, leased(1));
    assert.equal(
      request.body.toString(),
      JSON.stringify({
        body: "login_failed: {'username': 'ada.lovelace'}",
        severity: 'warning',
        user_email: 'soc@example.com',
        user_username: 'soc',
        event_user_email: 'ada.lovelace@example.com',
        event_user_username: 'ada.lovelace',
      }),
    );
    assert.equal(request.method, 'POST');
    assert.equal(request.path, '/hook');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['webhook-id'], leased(1).key);
  });

  test('of the system itself names nobody, and a message is the body', async () => {
    const delivery = withEvent({ action: 'system_exception', context: { message: 'Task failed', n: 1 } });
    const { body } = await send({}, delivery);
    assert.deepEqual(JSON.parse(body.toString()), {
      body: 'Task failed',
      severity: 'warning',
      user_email: null,
      user_username: null,
    });
  });

  test('gives null for what a user lacks', async () => {
    const delivery = withEvent({ action: 'logout', user: { username: 'akadmin' } });
    const { body } = await send({}, delivery);
    assert.match(body.toString(), /"event_user_email":null,"event_user_username":"akadmin"}$/);
  });
});

describe('an own body', () => {
  test('keeps the type of a lone hole and knows the words of the message', async () => {
    const { body } = await send(
      {
        method: 'PUT',
        body: {
          fixed: [1, true, null, 'text'],
          who: '${event.user.username}',
          pk: '${event.user.pk}',
          context: '${event.context}',
          text: '${severity}: ${event.action} by ${event.user.pk}, rule ${rule}',
          title: '${title}',
          body: '${body}',
          key: '${delivery_key}',
          missing: '${event.context.nothing}',
        },
      },
      leased(1),
    );
    const sent: { readonly title: string } = JSON.parse(body.toString());
    const { title, ...rest } = sent;
    assert.match(title, /ada\.lovelace/);
    assert.deepEqual(rest, {
      fixed: [1, true, null, 'text'],
      who: 'ada.lovelace',
      pk: 6,
      context: { username: 'ada.lovelace' },
      text: 'warning: login_failed by 6, rule failed logins',
      body: "login_failed: {'username': 'ada.lovelace'}",
      key: leased(1).key,
      missing: null,
    });
    assert.equal(receiver.requests[0]?.method, 'PUT');
  });

  test('survives whatever an event holds', async () => {
    const delivery = withEvent({ action: '"},{\u2028\ud800', context: JSON.parse('{"__proto__": {"a": 1}}') });
    const { body } = await send({ body: { action: '${event.action}', all: '${event}' } }, delivery);
    const sent: { action: string; all: { context: object } } = JSON.parse(body.toString());
    assert.equal(sent.action, '"},{\u2028\ufffd');
    assert.deepEqual(Object.keys(sent.all.context), ['__proto__']);
  });
});

describe('headers', () => {
  test('may hold expressions and arrive in UTF-8 without line ends', async () => {
    const delivery = withEvent({ action: 'a\r\nInjected: yes', user: { username: 'Zoë 日本' } });
    const headers = {
      Authorization: 'Bearer 1f0c8a5e7d',
      'X-Action': '${event.action}',
      'X-User': '${event.user.username}',
      'X-Object': '${event.user}',
      'Content-Type': 'application/vnd.example+json',
    };
    const request = await send({ headers }, delivery);
    assert.equal(request.headers['authorization'], 'Bearer 1f0c8a5e7d');
    assert.equal(request.headers['x-action'], 'a Injected: yes');
    assert.equal(request.headers['injected'], undefined);
    assert.equal(Buffer.from(request.headers['x-user'] ?? '', 'latin1').toString(), 'Zoë 日本');
    assert.match(request.headers['x-object'] ?? '', /^\{"username":/);
    assert.equal(request.headers['content-type'], 'application/vnd.example+json');
  });

  test('are cut to 4 KiB where somebody else wrote them', async () => {
    const family = '👨\u200d👩\u200d👧';
    const own = 'a'.repeat(5000);
    const headers = {
      'X-Own': own,
      'X-User': 'by ${event.user.username}',
      'X-Context': '${event.context}',
      'X-End': '${event.action}',
    };
    const user = { username: family.repeat(10_000) };
    const request = await send({ headers }, withEvent({ action: ' voilà \u00a0', user, context: { long: own } }));
    const sent = (name: string): string => Buffer.from(request.headers[name] ?? '', 'latin1').toString();
    const families = Math.floor((4096 - 'by …'.length - 2) / Buffer.byteLength(family));
    assert.equal(sent('x-user'), `by ${family.repeat(families)}…`);
    assert.equal(sent('x-context'), `${JSON.stringify({ long: own }).slice(0, 4093)}…`);
    assert.equal(sent('x-own'), own);
    assert.equal(sent('x-end'), 'voilà');
  });
});

describe('Standard Webhooks', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const older = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;

  function verify(request: ReceivedRequest, key: string, body = request.body.toString()): unknown {
    return new Webhook(key).verify(body, {
      'webhook-id': request.headers['webhook-id'] ?? '',
      'webhook-timestamp': request.headers['webhook-timestamp'] ?? '',
      'webhook-signature': request.headers['webhook-signature'] ?? '',
    });
  }

  test('signs so that its own library agrees', async () => {
    const request = await send({ signing_secret: secret, body: { who: 'Zoë ${event.user.username}' } }, leased(1));
    assert.deepEqual(verify(request, secret), { who: 'Zoë ada.lovelace' });
    assert.throws(() => verify(request, older));
    assert.throws(() => verify(request, secret, '{"who":"somebody else"}'));
  });

  test('signs with both secrets while one is being replaced', async () => {
    const request = await send({ signing_secret: [secret, older] }, leased(1));
    verify(request, secret);
    verify(request, older);
  });

  test('takes a plain text as it is', async () => {
    const request = await send({ signing_secret: 'a plain text' }, leased(1));
    verify(request, Buffer.from('a plain text').toString('base64'));
  });

  test('signs the text before compression', async () => {
    const request = await send({ signing_secret: secret, gzip: true }, leased(1));
    verify(request, secret, gunzipSync(request.body).toString());
  });

  test('gives a repeated batch the same id, and another one another', async () => {
    const options = { encoding: 'array', signing_secret: secret };
    const first = await send(options, leased(1), leased(2));
    const again = await send(options, leased(1), leased(2));
    const other = await send(options, leased(1), leased(3));
    assert.equal(again.headers['webhook-id'], first.headers['webhook-id']);
    assert.notEqual(other.headers['webhook-id'], first.headers['webhook-id']);
    verify(other, secret);
  });
});

describe('many events in one request', () => {
  test('NDJSON has one event a line, as it is stored', async () => {
    const request = await send({ encoding: 'ndjson' }, leased(1), leased(2));
    const lines = request.body.toString().split('\n');
    assert.equal(request.headers['content-type'], 'application/x-ndjson');
    assert.equal(lines.length, 3);
    assert.equal(lines[2], '');
    for (const [at, line] of lines.slice(0, 2).entries()) {
      const { key, bytes, rule, severity } = leased(at + 1);
      const event: object = JSON.parse(Buffer.from(bytes).toString());
      assert.deepEqual(JSON.parse(line), { rule, severity, key, ...event });
    }
  });

  test('a delivery without stored JSON is written the same', async () => {
    const { bytes: _, ...bare } = leased(1);
    const request = await send({ encoding: 'ndjson' }, bare);
    const again = await send({ encoding: 'ndjson' }, leased(1));
    assert.deepEqual(JSON.parse(request.body.toString()), JSON.parse(again.body.toString()));
  });

  test('an array is one JSON array, of the own body too', async () => {
    const request = await send({ encoding: 'array', body: '${event.id}', gzip: true }, leased(1), leased(2));
    assert.equal(request.headers['content-encoding'], 'gzip');
    assert.deepEqual(JSON.parse(gunzipSync(request.body).toString()), [leased(1).event.id, leased(2).event.id]);
  });

  test('too large asks for smaller batches', async () => {
    destination = createDestination(webhook, { url: receiver.url, encoding: 'array' });
    receiver.script(answer(413, 'too much'));
    const result = await destination.send([leased(1), leased(2)], signal);
    assert.deepEqual(result, { status: 'retry', reason: 'too_large', split: true, detail: 'HTTP 413: too much' });
  });

  test('what sends one at a time asks for one at a time', async () => {
    destination = createDestination(webhook, { url: receiver.url });
    const result = await destination.send([leased(1), leased(2)], signal);
    assert.equal(result.status === 'retry' && result.split, true);
    assert.equal(receiver.requests.length, 0);
  });
});

describe('a removed hook', () => {
  test('is not asked again, and its address is not repeated', async () => {
    receiver.script(answer(410, 'gone: /hook/8Wb1kzpX-very-secret, Bearer 1f0c8a5e7d'));
    const url = `${receiver.url}/hook/8Wb1kzpX-very-secret`;
    destination = createDestination(webhook, { url, headers: { Authorization: 'Bearer 1f0c8a5e7d' } });
    const result = await destination.send([leased(1)], signal);
    assert.equal(result.status === 'rejected' && result.reason, 'not_found');
    assert.doesNotMatch(JSON.stringify(result), /8Wb1kzpX|1f0c8a5e7d/);
  });
});

describe('wrong options', () => {
  for (const [name, options, expected] of [
    ['a body that does not compile', { body: { a: ['${event.}'] } }, /^body\.a\.0: /],
    ['an unknown variable', { body: '${evnet.id}' }, /^body: .*Unknown variable: evnet/],
    ['a header that does not compile', { headers: { 'X-A': '${' } }, /^headers\.X-A: /],
    ['no header name', { headers: { 'X A': 'b' } }, /^headers\.X A: not a header name$/],
    ['a header of the connection', { headers: { 'Content-Length': '3' } }, /^headers\.Content-Length: set by herald/],
    ['a header twice', { headers: { a: '1', A: '2' } }, /^headers\.A: given twice$/],
    ['a header about one of many', { headers: { a: '${rule}' }, encoding: 'array' }, /^headers\.a: .*encoding: single/],
    ['body and format', { body: {}, format: 'herald' }, /^format: /],
    ['an asymmetric key', { signing_secret: 'whsk_abc' }, /^signing_secret: asymmetric/],
    ['a short key', { signing_secret: ['x', 'whsec_c2hvcnQ='] }, /^signing_secret\.1: .*24 bytes/],
    ['no base64', { signing_secret: 'whsec_???' }, /^signing_secret: .*base64/],
  ] as const) {
    test(name, () => {
      const problems = problemsOf(webhook, { url: 'https://h.example.com/', ...options });
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', expected);
    });
  }

  test('the example is right', () => {
    assert.deepEqual(problemsOf(webhook, webhook.example), []);
  });
});
