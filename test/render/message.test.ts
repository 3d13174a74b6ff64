import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EventActions } from '@goauthentik/api';
import fc from 'fast-check';
import { isObject } from '../../src/core/json.ts';
import { actions } from '../../src/render/actions/index.ts';
import { renderMessage, type Message } from '../../src/render/message.ts';
import { corpusEvents, event } from './events.ts';

const context = { rule: 'failed logins', severity: 'warning', authentikUrl: 'https://auth.example.com' } as const;

function titleOf(facts: Parameters<typeof event>[0]): string {
  return renderMessage(event(facts), context).title;
}

function valueOf(message: Message, name: string): string | undefined {
  return message.fields.find((field) => field.name === name)?.value;
}

test('every action of authentik has a text of its own', () => {
  const missing = Object.values(EventActions).filter(
    (action) => action !== EventActions.Custom && action !== EventActions.UnknownDefaultOpenApi && !actions.has(action),
  );
  assert.deepEqual(missing, []);
});

test('every message of the corpus has a title, a summary and a sane size', () => {
  for (const { line, event } of corpusEvents()) {
    const { title, summary, fields } = renderMessage(event, context);
    assert.ok(title.length > 8 && title.length <= 300, `line ${line}: ${title}`);
    assert.ok(summary.length > 8 && summary.length <= 2000, `line ${line}: ${summary}`);
    assert.ok(fields.length <= 20, `line ${line}`);
    for (const { name, value } of fields)
      assert.ok(name !== '' && value !== '' && value.length <= 1000, `line ${line}`);
    assert.doesNotMatch(`${title} ${summary}`, /undefined|\[object|NaN/, `line ${line}`);
  }
});

describe('a failed login', () => {
  test('names user, address and place', () => {
    assert.equal(
      titleOf({
        client_ip: '203.0.113.7',
        context: { username: 'ada.lovelace', geo: { city: 'Berlin', country: 'DE' } },
      }),
      'Failed login for ada.lovelace from 203.0.113.7 (Berlin, DE)',
    );
  });

  for (const [facts, title] of [
    [
      { user: { username: 'AnonymousUser', is_anonymous: true }, context: { http_request: {} } },
      'Failed login for AnonymousUser from an unknown address',
    ],
    [{ user: {} }, 'Failed login for authentik'],
    [{ client_ip: '10.1.2.3', context: { username: 'eve' } }, 'Failed login for eve from 10.1.2.3 (private network)'],
    [
      { client_ip: '203.0.113.7', context: { geo: { country: 'DE', city: '' } } },
      'Failed login for ada.lovelace from 203.0.113.7 (DE)',
    ],
    // A name that is a sentence must not be read as one.
    [
      { client_ip: '203.0.113.7', context: { username: 'ada from 10.0.0.1 (Berlin)' } },
      'Failed login for “ada from 10.0.0.1 (Berlin)” from 203.0.113.7',
    ],
    [
      { client_ip: '203.0.113.7', context: { username: 'a” from “b' } },
      "Failed login for “a' from 'b” from 203.0.113.7",
    ],
    [
      { client_ip: '203.0.113.7', context: { username: '[redacted:username]' } },
      'Failed login for an unknown name from 203.0.113.7',
    ],
  ] as const) {
    test(title, () => assert.equal(titleOf(facts), title));
  }

  test('says which second factor failed, where versions keep it in different places', () => {
    const device = { app: 'authentik_stages_authenticator_totp', model_name: 'totpdevice', name: 'Phone', pk: 1 };
    const expected =
      'The second factor was not accepted (TOTP “Phone”). Usually the password was right before this step.';
    for (const context of [{ device_class: 'totp', device }, { auth_method_args: { device_class: 'totp', device } }]) {
      assert.equal(renderMessage(event({ context }), { rule: 'r', severity: 'notice' }).summary, expected);
    }
  });

  test('repeats what Duo answered', () => {
    const { summary } = renderMessage(
      event({
        context: {
          device_class: 'duo',
          duo_response: { result: 'deny', status: 'fraud', status_msg: 'Login request denied.' },
        },
      }),
      context,
    );
    assert.match(summary, /Duo says: Login request denied\. The user reported the request as fraud/);
  });
});

test('an object change shows who, what and how', () => {
  const message = renderMessage(
    event({
      action: 'model_updated',
      user: { username: 'akadmin', pk: 4, on_behalf_of: { username: 'hedy.lamarr', pk: 14 } },
      context: {
        model: { app: 'authentik_providers_oauth2', model_name: 'oauth2provider', name: 'grafana', pk: 3 },
        diff: { enabled: { previous_value: true, new_value: false }, name: { previous_value: 'a', new_value: '' } },
      },
    }),
    context,
  );
  assert.equal(message.title, 'OAuth2 provider “grafana” changed by akadmin');
  assert.equal(
    message.summary,
    'enabled: true → false; name: a → nothing. Sign-in to the application may be affected. Done while impersonating hedy.lamarr.',
  );
  assert.equal(valueOf(message, 'OAuth2 provider'), 'grafana');
  assert.equal(valueOf(message, 'On behalf of'), 'hedy.lamarr');
  assert.deepEqual(
    message.links.map(({ label, url }) => `${label} ${url}`),
    [
      'Event log https://auth.example.com/if/admin/#/events/log;%7B%22search%22%3A%22akadmin%22%7D',
      'User https://auth.example.com/if/admin/#/identity/users/4',
      'On behalf of https://auth.example.com/if/admin/#/identity/users/14',
      'Object https://auth.example.com/if/admin/#/core/providers/3',
    ],
  );
});

describe('links', () => {
  test('none without authentik_url', () => {
    assert.deepEqual(renderMessage(event(), { rule: 'r', severity: 'notice' }).links, []);
  });

  test('never take a host or a path from an event', () => {
    const pk = '6/../../evil';
    for (const hyperlink of [
      'https://evil.example/if/',
      'https://evil.example/#https://auth.example.com/if/',
      'https://auth.example.com.evil.example/if/',
      'https://auth.example.com/if/"><',
      'javascript:1',
    ]) {
      const { links } = renderMessage(
        event({ user: { username: 'https://evil.example', pk }, request_id: 'x;y"\n', context: { hyperlink } }),
        context,
      );
      assert.deepEqual(
        links.map(({ url }) => url),
        ['https://auth.example.com/if/admin/#/events/log;%7B%22search%22%3A%22x%3By%5C%22%5Cn%22%7D'],
      );
    }
  });

  test("authentik's own link to itself is taken", () => {
    const { links } = renderMessage(
      event({ user: {}, context: { hyperlink: 'https://auth.example.com/if/admin/#/core/applications/wiki' } }),
      { ...context, authentikUrl: 'https://auth.example.com/' },
    );
    assert.deepEqual(links.at(-1), {
      label: 'Details',
      url: 'https://auth.example.com/if/admin/#/core/applications/wiki',
    });
  });

  test('a group goes by its key with dashes', () => {
    const model = { app: 'authentik_core', model_name: 'group', name: 'x', pk: '040e2ea8a2db4dcb9f26a6930d1708af' };
    const { links } = renderMessage(event({ user: {}, action: 'model_updated', context: { model } }), context);
    assert.equal(
      links.at(-1)?.url,
      'https://auth.example.com/if/admin/#/identity/groups/040e2ea8-a2db-4dcb-9f26-a6930d1708af',
    );
    const deleted = renderMessage(event({ user: {}, action: 'model_deleted', context: { model } }), context);
    assert.deepEqual(
      deleted.links.map(({ label }) => label),
      ['Event log'],
    );
  });
});

describe('actions that nobody has written a text for', () => {
  test('are told by name, message and facts', () => {
    const message = renderMessage(
      event({
        action: 'user_lockdown_triggered',
        client_ip: '203.0.113.7',
        context: { score: 3, note: 'x', deep: { a: [1, { b: 2 }] } },
      }),
      context,
    );
    assert.equal(message.title, 'User lockdown triggered: ada.lovelace from 203.0.113.7');
    assert.equal(message.summary, 'score: 3, note: x, deep: {a: [1, {b: 2}]}.');
    assert.equal(valueOf(message, 'Action'), 'user_lockdown_triggered');
  });

  test('custom_ alone is an action too', () => {
    assert.equal(titleOf({ action: 'custom_', user: {} }), 'Custom event');
    assert.equal(titleOf({ action: '', user: {} }), 'Event without an action');
  });
});

test('a group of one event whose title a view hides says its rule', () => {
  const context = { rule: 'logins', kind: 'group', count: 1, by: { client_ip: 'ip-6bcc-0123456789abcdef' } };
  const { title } = renderMessage(event({ action: 'herald_alert', context }), {
    rule: 'logins',
    severity: 'alert',
    authentikUrl: undefined,
  });
  assert.equal(title, 'logins: 1 event (ip-6bcc-0123456789abcdef)');
});

test('a time beyond the calendar is told as unknown', () => {
  assert.equal(renderMessage(event({ at: 1e300 }), context).time, 'unknown');
  assert.equal(renderMessage(event(), context).time, '2026-01-15T09:03:48Z');
});

// Whatever a context holds: versions to come, custom events, attackers.
test('no context breaks any action', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const keys = fc.constantFrom(
    ...(
      'model diff message exception auth_method_args device stage binding request result to_email secret token targets ' +
      'http_request geo asn username reason ip mfa_devices export __proto__'
    ).split(' '),
  );
  const contexts = fc.dictionary(keys, json, { maxKeys: 6 });
  fc.assert(
    fc.property(
      contexts,
      fc.constantFrom(...actions.keys(), 'custom_x', '__proto__', 'constructor'),
      (context, action) => {
        if (!isObject(context)) return;
        const message = renderMessage(event({ action, context }), {
          rule: 'r',
          severity: 'alert',
          authentikUrl: 'https://a.example',
        });
        assert.ok(message.title !== '' && message.summary !== '');
        assert.ok(message.title.length <= 300 && message.summary.length <= 2000);
      },
    ),
    { numRuns: 1500, seed: 20260115 },
  );
});
