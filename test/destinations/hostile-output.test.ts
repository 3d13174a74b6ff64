import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { knownActions } from '../../src/core/action.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Destination, DestinationKind } from '../../src/destinations/destination.ts';
import { ntfy } from '../../src/destinations/ntfy.ts';
import { pagerduty } from '../../src/destinations/pagerduty.ts';
import { syslog } from '../../src/destinations/syslog/syslog.ts';
import { hostileEvent, hostileText } from '../support/hostile-events.ts';
import { attack, delivery } from '../support/notifications.ts';
import { createDestination, type Written } from '../support/receivers/destination.ts';
import { played, startHttpReceiver } from '../support/receivers/http.ts';
import { ntfyStandIn } from '../support/receivers/ntfy.ts';
import { pagerDutyStandIn } from '../support/receivers/pagerduty.ts';
import { startSyslogReceiver } from '../support/receivers/syslog.ts';

// Whatever stands in an event, what is sent of it is looked at as its receiver reads it.

const runs = { numRuns: 120, seed: 20260115 };
const { signal } = new AbortController();
const authentikUrl = 'https://auth.example.com';

/** One text in every place that an attacker can reach, or an event with anything anywhere. */
const attacked = fc
  .tuple(fc.constantFrom(...knownActions), hostileText)
  .map(([action, text]) => delivery({ ...attack(text), action }));
const anything = hostileEvent.map((event) => delivery({}, { event, key: `${event.id}.1b2c3d4e` }));
/** Names of rules are the operator's, and have 64 characters at most. */
const notification = fc
  .tuple(fc.oneof(attacked, anything), hostileText)
  .map(([made, rule]): Delivery => ({ ...made, rule: `r${rule.slice(0, 63)}` }));
/** One is a message, several are a digest. */
const batches = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(notification) },
  fc.array(notification, { minLength: 2, maxLength: 4 }),
);

/** Line ends, controls, what turns the direction of writing or has no width, tags; a joiner inside an emoji belongs there. */
const hidden = /[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/u;
const clickable = /\b(?:https?|ftp):\/\/|\bwww\.|\bjavascript:\S|(?<![\w[])evil\.example\/\S/i;

/** Text for a person: one line, nothing hidden, nothing to click. */
function isHarmless(text: string, where: string): void {
  assert.doesNotMatch(text, hidden, where);
  assert.doesNotMatch(text, clickable, where);
}

/** A page of our own authentik, whatever the event calls its host. */
function isOurs(url: string): void {
  assert.match(url, /^https:\/\/auth\.example\.com\/[\x21-\x7e]*$/);
  assert.doesNotMatch(url, /[<>"`{}|\\^]/);
}

/** Characters that consist of several: none of their parts may be there without the others. */
const whole = ['👩‍💻', '🇩🇪', 'ʠ\u0308'];
const torn = /\u{1f469}|\u{1f4bb}|\u200d|[\u{1f1e6}-\u{1f1ff}]|ʠ|\u0308/u;

function isWhole(text: string): void {
  assert.doesNotMatch(
    whole.reduce((left, one) => left.replaceAll(one, ' '), text),
    torn,
  );
}

/** Long texts of such characters, so that whatever is cut is cut between two of them, or within one. */
const long = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...whole, 'a', '王'), minLength: 200, maxLength: 3000 }),
    fc.constantFrom(...knownActions),
  )
  .map(([text, action]) => {
    const stage = { app: 'a', model_name: 'b', name: text };
    const facts = { user: { username: text }, client_ip: text, context: { username: text, message: text, stage } };
    return delivery({ ...facts, action });
  });

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function create(kind: DestinationKind, options: Written): Destination {
  const destination = createDestination(kind, options);
  opened.unshift(destination);
  return destination;
}

describe('ntfy', () => {
  const topic = 'authentik-8Wb1kzpXq3';

  async function sender(): Promise<
    (batch: readonly Delivery[]) => Promise<{ readonly body: Buffer; readonly said: NtfyBody }>
  > {
    const receiver = await startHttpReceiver();
    opened.push(receiver);
    receiver.script(played(ntfyStandIn({ topic, authorization: 'Bearer tk_secret' }, new Map())));
    const destination = create(ntfy, { url: receiver.url, topic, token: 'tk_secret' });
    return async (batch) => {
      assert.deepEqual(await destination.send(batch, signal), { status: 'delivered' });
      const request = receiver.requests.at(-1);
      assert(request !== undefined);
      assert.equal(request.path, '/');
      assert.deepEqual(
        Object.keys(request.headers).filter((name) => /^(?:x-|title|tags|click|actions|priority)/i.test(name)),
        [],
      );
      return { body: request.body, said: JSON.parse(request.body.toString()) };
    };
  }

  interface NtfyBody {
    readonly topic: string;
    readonly title: string;
    readonly message: string;
    readonly click?: string;
    readonly tags: readonly string[];
    readonly sequence_id: string;
    readonly actions?: readonly { readonly action: string; readonly label: string; readonly url: string }[];
  }
  const keys = ['actions', 'click', 'message', 'priority', 'sequence_id', 'tags', 'title', 'topic'];

  test('no field, second title, link, button or unseen character is made, and the limits hold', async () => {
    const send = await sender();
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        const { body, said } = await send(batch);
        assert.ok(body.length <= 4096);
        assert.ok(said.title.length <= 200 && said.title !== '');
        assert.deepEqual(
          Object.keys(said).filter((key) => !keys.includes(key)),
          [],
        );
        assert.equal(said.topic, topic);
        assert.match(said.sequence_id, /^[-\w]{1,64}$/);
        assert.deepEqual(said.tags.slice(1), ['authentik']);
        isHarmless(said.title, 'title');
        for (const line of said.message.split('\n')) isHarmless(line, 'message');
        if (said.click !== undefined) isOurs(said.click);
        for (const { action, label, url } of said.actions ?? []) {
          assert.equal(action, 'view');
          assert.match(label, /^[A-Z][\w ]{0,30}$/);
          isOurs(url);
        }
      }),
      runs,
    );
  });

  test('no text makes a line of the message: there are as many as of the same event with nothing in it', async () => {
    const send = await sender();
    const lines = async (text: string, action: string): Promise<number> =>
      (await send([delivery({ ...attack(text), action })])).said.message.split('\n').length;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...knownActions), hostileText, async (action, text) => {
        fc.pre(text.length < 100 && text.trim() !== '');
        const expected = await lines('harmless', action);
        assert.ok((await lines(text, action)) <= expected, action);
      }),
      runs,
    );
  });

  test('what is cut is cut between characters', async () => {
    const send = await sender();
    await fc.assert(
      fc.asyncProperty(long, async (one) => {
        const { body, said } = await send([one]);
        assert.ok(body.length <= 4096);
        isWhole(said.title);
        isWhole(said.message);
      }),
      runs,
    );
  });
});

describe('PagerDuty', () => {
  const key = '4f6a0c1e8b2d4f7390a1c5e7b9d3f208';

  interface Alert {
    readonly client_url: string;
    readonly dedup_key: string;
    readonly payload: {
      readonly summary: string;
      readonly source: string;
      readonly severity: string;
      readonly timestamp?: string;
      readonly component: string;
      readonly group: string;
      readonly class: string;
      readonly custom_details: { readonly [name: string]: string };
    };
    readonly links: readonly { readonly href: string; readonly text: string }[];
  }

  async function sender(): Promise<(batch: readonly Delivery[]) => Promise<Alert>> {
    const receiver = await startHttpReceiver();
    opened.push(receiver);
    receiver.script(played(pagerDutyStandIn(key, new Map())));
    const destination = create(pagerduty, { url: `${receiver.url}/v2/enqueue`, routing_key: key });
    return async (batch) => {
      assert.deepEqual(await destination.send(batch, signal), { status: 'delivered' });
      const body = receiver.requests.at(-1)?.body ?? Buffer.of();
      assert.ok(body.length <= 512 * 1024);
      return JSON.parse(body.toString());
    };
  }

  test('no key, link, second line or unseen character is made, and the limits hold', async () => {
    const send = await sender();
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        const { payload, links, client_url, dedup_key } = await send(batch);
        const { summary, source, severity, timestamp, component, group, class: kind, custom_details } = payload;
        assert.deepEqual([client_url, source, component], [authentikUrl, 'auth.example.com', 'authentik']);
        assert.match(dedup_key, /^[\w.-]{1,255}$/);
        assert.equal(severity, 'warning');
        if (timestamp !== undefined) assert.match(timestamp, /^\d{4}-\d\d-\d\dT[\d:]{8}Z$/);
        assert.ok(summary !== '' && summary.length <= 1024 && group.length <= 200 && kind.length <= 100);
        assert.ok(links.length <= 5);
        for (const text of [summary, group, kind]) isHarmless(text, text);
        for (const [name, value] of Object.entries(custom_details)) {
          isHarmless(name, name);
          isHarmless(value, name);
        }
        for (const { href, text } of links) {
          isOurs(href);
          assert.match(text, /^[A-Z][\w ]{0,30}$/);
        }
      }),
      runs,
    );
  });

  test('what is cut is cut between characters', async () => {
    const send = await sender();
    await fc.assert(
      fc.asyncProperty(long, async (one) => {
        const { summary, group, class: kind, custom_details } = (await send([one])).payload;
        for (const text of [summary, group, kind, ...Object.entries(custom_details).flat()]) isWhole(text);
      }),
      runs,
    );
  });
});

describe('syslog', () => {
  /** As RFC 5424 reads it: the header, elements with names of ours only, values with nothing unescaped, the text. */
  const grammar =
    /^<(\d{1,3})>1 (-|\d{4}-\d\d-\d\dT[\d:.]+Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) (-|(?:\[[^\]"= ]+(?: \w+="(?:[^"\\\]]|\\["\\\]])*")*\])+) (.*)$/u;
  const parameter = / (\w+)="((?:[^"\\\]]|\\["\\\]])*)"/gu;
  const names = [
    'key',
    'action',
    'severity',
    'rule',
    'user',
    'target',
    'client_ip',
    'application',
    'tenant',
    'request_id',
  ];

  /** What arrives of a batch, read strictly: the values of the structured data and the texts. */
  /** Names of keys are not shortened: an event of which thousands of characters are names is given up as too large. */
  const fitting = batches.filter((batch) => batch.every(({ event }) => namesOf(event.context).join('').length < 1000));

  function namesOf(value: unknown): readonly string[] {
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => [key, ...namesOf(inner)]);
  }

  async function sender(options: Written) {
    const receiver = await startSyslogReceiver();
    opened.push(receiver);
    const destination = create(syslog, { host: '127.0.0.1', port: receiver.port, transport: 'tcp', ...options });
    return async (batch: readonly Delivery[]) => {
      const before = receiver.messages.length;
      assert.deepEqual(await destination.send(batch, signal), { status: 'delivered' });
      const count = before + batch.length;
      await receiver.received(count);
      assert.deepEqual(receiver.wrong, []);
      assert.equal(receiver.messages.length, count, 'as many messages as notifications');
      return receiver.messages.slice(-batch.length).map((message) => {
        assert.ok(Buffer.byteLength(message) <= 8192, `${message.length}`);
        assert.doesNotMatch(message, hidden);
        const parts = grammar.exec(message);
        assert.ok(parts !== null, message);
        const [, priority, , , app, , , data = '', text = ''] = parts;
        assert.deepEqual([priority, app], ['84', 'authentik']);
        return { data, text };
      });
    };
  }

  test('no message, header, element or parameter is made, and the limits hold', async () => {
    const send = await sender({});
    await fc.assert(
      fc.asyncProperty(fitting, async (batch) => {
        for (const { data, text } of await send(batch)) {
          assert.match(data, /^\[authentik@32473 [^\n]*\]\[origin software="authentik-herald" swVersion="[\d.]+"\]$/);
          const own = data.slice(0, data.lastIndexOf('[origin'));
          for (const [, name = '', value = ''] of own.matchAll(parameter)) {
            assert.ok(names.includes(name), name);
            assert.ok(value.replaceAll(/\\(.)/g, '$1').length <= 255, name);
          }
          assert.match(text, /^[ -~]*$/);
          assert.equal(typeof JSON.parse(text), 'object');
        }
      }),
      runs,
    );
  });

  for (const format of ['cef', 'leef']) {
    test(`with ${format}: no second line, nothing unseen, whatever stands in the event`, async () => {
      const send = await sender({ format, bom: false });
      await fc.assert(
        fc.asyncProperty(fitting, async (batch) => {
          for (const { data, text } of await send(batch)) {
            assert.equal(data, '-');
            assert.ok(
              text.startsWith(format === 'cef' ? 'CEF:0|goauthentik|' : 'LEEF:2.0|goauthentik|'),
              text.slice(0, 40),
            );
          }
        }),
        { ...runs, numRuns: 60 },
      );
    });
  }
});
