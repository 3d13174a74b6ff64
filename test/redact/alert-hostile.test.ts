import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventFacts, SafeEvent } from '../../src/core/event.ts';
import { renderAll } from '../fuzz/targets.ts';
import { safeEvent } from '../support/events.ts';
import { alertFrom } from './alerts.ts';
import { viewOf } from './views.ts';

// An attacker writes one value into all that a client can write, and the values of other fields as well: whatever a rule counts by, and
// wherever that is cut off, no destination may see what its view hides.

function login(name: string, long = 0): Partial<EventFacts> {
  const department = 'Zqpay Dept';
  return {
    action: 'login_failed',
    user: { username: name, email: 'zaphodia@zq.example', pk: 6 },
    client_ip: '203.0.113.77',
    context: {
      ...{ username: name, department, people: [{ department: 'Zqlist Dept' }], reason: { phone: 'Zqphone' } },
      auth_method_args: { known_device: true, secretkey: 'Zqdeep', mfa_devices: [{ name: 'x', extra: 'Zqextra' }] },
      geo: { city: 'Zqcity', country: 'PE', lat: -12, long },
      message: `${name} of ${department} / Zqlist Dept in Zqcity %5aqpay%20Dept from 203.0.113.77 ZAPHODIA@zq.example`,
      http_request: {
        ...{ method: 'GET', path: `/u/${encodeURIComponent(name)}/Zqpay%20Dept` },
        ...{ args: { login_hint: name, d: 'Zqpay+Dept' }, user_agent: `UA (${name}; Zqcity)` },
      },
    },
  };
}

const fields = [['department'], ['people', 'department'], ['geo', 'city']];
const departments = fields.slice(0, 2);
const hidden = { name: 'hidden', mail: 'hidden', address: 'hidden' } as const;
const everybody = /zaphodia|203\.0\.113\.77/i;
const valued = /zaphodia|203\.0\.113\.77|zqpay|zqlist/i;
const unknown = /zaphodia|203\.0\.113\.77|zqphone|zqdeep|zqextra/i;

const views = {
  pseudonyms: [viewOf({ values: fields }), /zaphodia|203\.0\.113\.77|zqpay|zqlist|zqcity/i],
  hidden: [viewOf({ ...hidden, values: fields }), /zaphodia|203\.0\.113\.77|zqpay|zqlist|zqcity/i],
  networks: [viewOf({ mail: 'hidden', address: 'network', values: departments }), valued],
  'a deny-list': [
    viewOf({
      ...hidden,
      select: { allow: undefined, deny: [['user'], ['client_ip'], ['context', 'geo']], context: [] },
    }),
    unknown,
  ],
  'a deny-list with pseudonyms': [
    viewOf({
      values: departments,
      select: { allow: undefined, deny: [['domain_url']], context: ['department', 'people'] },
    }),
    new RegExp(`${valued.source}|${unknown.source}`, 'i'),
  ],
  'an allow-list': [
    viewOf({
      ...hidden,
      select: {
        allow: [
          ['context', 'message'],
          ['context', 'http_request'],
        ],
        deny: [],
        context: [],
      },
    }),
    unknown,
  ],
} as const;

function hits(event: SafeEvent): readonly string[] {
  return Object.entries(views).flatMap(([name, [view, hides]]) => {
    const seen = view.apply(event);
    return [...renderAll(seen), ['the event', JSON.stringify(seen)] as const].flatMap(([target, text]) => {
      const at = text.search(hides);
      return at < 0 ? [] : [`${name}: ${target}: ${text.slice(Math.max(0, at - 80), at + 60)}`];
    });
  });
}

for (const [name, username] of [
  ['short', 'Zaphodia Bee'],
  ['long', `${'Zaphodia.'.repeat(30)}q`],
] as const) {
  test(`an event with a ${name} name everywhere: views show none`, () => {
    const event = safeEvent(login(username));
    assert.match(JSON.stringify(event), everybody);
    assert.deepEqual(hits(event), []);
  });
  for (const condition of [
    'window: {count: 2, within: 10m, by: [event.user.username]}',
    'window: {count: 2, within: 10m, by: [event.client_ip], distinct: event.context.username}',
    'window: {count: 2, within: 10m, by: [event.context.department]}',
    'window: {count: 2, within: 10m, by: [event.context.people]}',
    'window: {count: 2, within: 10m, by: [event.message]}',
    'window: {count: 2, within: 10m, by: [event.context]}',
    'window: {count: 2, within: 10m, by: [event.http.user_agent]}',
    'window: {count: 2, within: 10m, by: ["event.user.username + event.context.department"]}',
    'suppress: {for: 10m, by: [event.context.username]}',
    'group: {by: [event.client_ip], wait: 1m}',
    'group: {by: [event.geo.city], wait: 1m}',
    'sequence: {steps: [{policies: [{action: login_failed}]}], within: 10m, by: [event.http.path]}',
    'travel: {by: [event.user.username]}',
  ]) {
    test(`an alert about a ${name} name, ${condition}: views show none`, () => {
      const other = condition.includes('distinct') ? `${username}2` : username;
      assert.deepEqual(
        hits(alertFrom(condition, [login(username), login(other, condition.includes('travel') ? 90 : 0)])),
        [],
      );
    });
  }
}
