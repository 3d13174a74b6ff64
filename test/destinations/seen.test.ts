import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertAction } from '../../src/core/action.ts';
import type { EventFacts, SafeEvent } from '../../src/core/event.ts';
import type { DestinationKind } from '../../src/destinations/destination.ts';
import { destinations } from '../../src/destinations/index.ts';
import { resolvePath } from '../../src/redact/view/paths.ts';
import type { View } from '../../src/redact/view/view.ts';
import { alertFrom } from '../redact/alerts.ts';
import { viewOf } from '../redact/views.ts';
import { safeEvent } from '../support/events.ts';
import { leased } from '../support/leased.ts';
import { createDestination, type Written } from '../support/receivers/destination.ts';
import { isRemote, startService } from '../support/receivers/service.ts';
import { waitFor } from '../support/source.ts';

// What a view takes out of an event must not come back in what a kind adds to it: labels, tags, titles, keys, headers.

const login: Partial<EventFacts> = {
  action: 'login_failed',
  user: {
    username: 'ada.lovelace',
    email: 'ada@people.example',
    pk: 4200616263,
    on_behalf_of: { username: 'plantedboss' },
  },
  client_ip: '203.0.113.77',
  ...{ request_id: 'plantedrequest', schema_name: 'plantedschema', domain_url: 'plantedhost.example' },
  origin: { namespace: 'plantedspace', pod: 'plantedpod', container: 'plantedcontainer', stream: 'stderr' },
  context: {
    username: 'ada.lovelace',
    department: 'Plantedpay Dept',
    message: 'Ada.Lovelace of Plantedpay Dept in Plantedcity',
    unknown: 'plantedunknown',
    geo: { city: 'Plantedcity', country: 'PE', lat: -12.125, long: 77.125 },
    asn: { asn: 4200064999, as_org: 'plantednetwork' },
    authorized_application: { app: 'authentik_core', model_name: 'application', pk: 'plantedpk', name: 'Plantedapp' },
    model: { app: 'authentik_core', model_name: 'user', pk: 4200616263, name: 'Ada Lovelace' },
    http_request: {
      ...{ method: 'POST', path: '/u/ada.lovelace', args: { u: 'ada.lovelace' }, request_id: 'plantedrequest' },
      user_agent: 'Plantedagent (ada.lovelace)',
    },
  },
};
const window = 'window: {count: 2, within: 10m, by: [event.client_ip], distinct: event.context.department}';
const second = { ...login, context: { ...login.context, department: 'Plantedpay Dept 2' } };
const older: Partial<EventFacts> = {
  id: '1'.repeat(32),
  action: alertAction,
  user: login.user ?? {},
  client_ip: '203.0.113.77',
  context: {
    ...{ rule: 'spray', kind: 'window', count: 3, first: '2026-01-15T09:00:00Z', last: '2026-01-15T09:00:09Z' },
    by: { client_ip: '203.0.113.77', 'context.target': 'ada.lovelace' },
    distinct: 'model.name',
    values: ['Ada Lovelace', 'ada@people.example'],
    top: { 'user.username': [{ value: 'ada.lovelace', count: 3 }] },
    last_event: { id: '2'.repeat(32), title: 'Login of ada.lovelace', names: ['ada.lovelace'] },
  },
};
const events = [safeEvent(login), safeEvent(older), alertFrom(window, [login, second])];

const hidden = { name: 'hidden', mail: 'hidden', address: 'hidden' } as const;
const somebody = /lovelace|people\.example|203\.0\.113\.77|plantedboss/i;
const anything = new RegExp(`${somebody.source}|planted(?!pay)|4200616263|4200064999|12\\.125|77\\.125`, 'i');
const denied =
  'user client_ip geo asn application model http.user_agent http.args request_id schema_name domain_url origin message';
const pathsOf = (names: string): readonly (readonly string[])[] =>
  names.split(' ').flatMap((name) => {
    const paths = resolvePath(name);
    return typeof paths === 'string' ? assert.fail(paths) : paths;
  });

const views: readonly (readonly [name: string, view: View, hides: RegExp])[] = [
  ['pseudonyms', viewOf({ values: [['department']] }), new RegExp(`${somebody.source}|plantedpay`, 'i')],
  ['networks', viewOf({ address: 'network' }), somebody],
  [
    'a deny-list',
    viewOf({ ...hidden, select: { allow: undefined, deny: pathsOf(denied), context: ['department'] } }),
    anything,
  ],
  [
    'an allow-list',
    viewOf({ ...hidden, select: { allow: pathsOf('http.method'), deny: [], context: ['department'] } }),
    anything,
  ],
];

/** Formats and forms in which more of an event may stand; without an entry only that of the example. */
const forms: ReadonlyMap<string, readonly Written[]> = new Map<string, readonly Written[]>([
  [
    'webhook',
    [
      { body: undefined },
      {
        body: {
          event: '${event}',
          user: '${event.user}',
          context: '${event.context}',
          words: '${title} ${summary} ${body}',
        },
        headers: { 'x-event': '${event}', 'x-words': '${title} ${summary}', 'x-key': '${delivery_key}' },
      },
    ],
  ],
  ['slack', [{}, { compat: 'authentik' }]],
  ['loki', [{ format: 'leef', event_labels: ['action', 'severity', 'rule', 'app', 'country'] }, { format: 'ecs' }]],
  ['otlp', [{ encoding: 'json', format: 'ocsf' }, { format: 'cef' }]],
  ['syslog', ['json', 'cef', 'authentik'].map((format) => ({ format }))],
]);

/** With the encodings of mails taken off. */
function decoded(text: string): string {
  const words = text.replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, encoding: string, word: string) =>
    encoding.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString('utf8') : word.replaceAll('_', ' '),
  );
  const quoted = words
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const base64 = words.match(/(?:^[\w+/]{20,}={0,2}\r?\n)+/gm) ?? [];
  return [text, quoted, ...base64.map((part) => Buffer.from(part, 'base64').toString('utf8'))].join('\n');
}

async function sent(kind: DestinationKind, form: Written, seen: (event: SafeEvent) => SafeEvent): Promise<string> {
  const service = (await startService(kind)) ?? assert.fail(kind.type);
  const destination = createDestination(kind, { ...service.options, ...form });
  for (const [at, whole] of events.entries()) {
    const event = seen(whole);
    const bytes = Buffer.from(JSON.stringify(event));
    const delivery = leased(at, { event, at: event.at, bytes, key: `${event.id}.0000000${at}` });
    const result = await destination.send([delivery], new AbortController().signal);
    assert.equal(result.status, 'delivered');
  }
  await destination.close();
  await waitFor(() => service.attempts() > 0, 'what was sent');
  await service.idle();
  const arrived = decoded(service.arrived());
  await service.close();
  return arrived;
}

for (const kind of destinations.filter(isRemote)) {
  for (const form of forms.get(kind.type) ?? [{}]) {
    test(`${kind.type} ${JSON.stringify(form)}: nothing that a view hides is sent`, async () => {
      assert.match(await sent(kind, form, (event) => event), somebody);
      for (const [name, view, hides] of views) {
        assert.doesNotMatch(await sent(kind, form, (event) => view.apply(event)), hides, name);
      }
    });
  }
}
