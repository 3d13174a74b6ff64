import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertAction } from '../../src/core/action.ts';
import type { EventFacts, SafeEvent } from '../../src/core/event.ts';
import { titleOf } from '../../src/render/message.ts';
import { renderAll } from '../fuzz/targets.ts';
import { safeEvent } from '../support/events.ts';
import { alertFrom } from './alerts.ts';
import { byA, viewOf } from './views.ts';

const whole = { name: 'whole', mail: 'whole', address: 'whole' } as const;
const chat = viewOf();
const people = ['Ada Lovelace', 'Grace Hopper', 'Edith Clarke'] as const;

function change(at: number): Partial<EventFacts> {
  const person = people[at] ?? assert.fail();
  const mail = `${person.replace(' ', '.').toLowerCase()}@people.example`;
  return {
    action: 'model_updated',
    user: { username: `akadmin-${at}`, pk: at },
    client_ip: '203.0.113.7',
    context: {
      model: { app: 'authentik_core', model_name: 'user', pk: at, name: person },
      user: person,
      target: person,
      actor: person,
      display_name: person,
      login_hint: person,
      pending_user: person,
      message: `Changed ${person}`,
      to_email: [`${person} <${mail}>`],
      diff: { name: { new_value: person } },
      http_request: { path: '/api/v3/core/users/', method: 'PATCH', args: { q: person }, user_agent: 'Agent/1.2.3.4' },
      geo: { country: 'DE', city: 'Berlin' },
    },
  };
}

/** {@link alertFrom} of `change`, or of other facts, for all of them. */
function alertOf(condition: string, facts: (at: number) => Partial<EventFacts> = change): SafeEvent {
  return alertFrom(
    `window: {count: 3, within: 10m, ${condition}}`,
    people.map((_, at) => facts(at)),
  );
}

function assertNobody(seen: SafeEvent, condition: string): void {
  for (const [target, text] of [...renderAll(seen), ['the event', JSON.stringify(seen)] as const])
    assert.doesNotMatch(text, /lovelace|hopper|clarke|akadmin|people\.example|203\.0\.113/i, `${condition}: ${target}`);
}

const named = [
  ...['model.name', 'model', 'user', 'context.user', 'context.target', 'context.actor', 'context.display_name'],
  ...['context.login_hint', 'context.pending_user', 'message', 'context.to_email', 'http.args', 'diff', 'context'],
  'context.diff.name.new_value',
].map((path) => `event.${path}`);

test('an alert that counts by a name shows none, whatever the field', () => {
  for (const expression of [...named, 'event.model.name + "!"', 'event.client_ip + " " + event.user.username']) {
    const byOne = (at: number): Partial<EventFacts> => ({ ...change(0), at: Date.UTC(2026, 0, 15, 9, 0, at) });
    assertNobody(chat.apply(alertOf(`by: ['${expression}']`, byOne)), `by ${expression}`);
    if (expression.includes('username')) continue;
    const condition = `by: [event.client_ip], distinct: '${expression}'`;
    assertNobody(chat.apply(alertOf(condition)), condition);
  }
});

test('an alert names people as their own events do, and stays readable where nobody is named', () => {
  const { context } = chat.apply(alertOf('by: [event.client_ip], distinct: event.model.name'));
  assert.deepEqual(
    context['values'],
    people.map((person) => byA.of('person', person)),
  );
  const parts = [
    'http.path',
    'http.user_agent',
    'http.method',
    'geo.country',
    'geo.city',
    'model.model_name',
    'model.app',
    'action',
  ];
  const event = alertOf(`by: [${parts.map((part) => `event.${part}`).join(', ')}]`);
  const seen = chat.apply(event);
  assert.deepEqual(seen.context['by'], event.context['by']);
  assert.ok(titleOf(seen).includes('DE, Berlin, user'), titleOf(seen));
});

test('a long value is cut when it is counted by: what is left of a name is shown no more than the name', () => {
  const mail = `${'ada.lovelace.'.repeat(8)}@people.example`;
  for (const path of ['user', 'context.x', 'http.args']) {
    const cut = `{"groups":"${'x'.repeat(60)}","username":"${mail}"}`.slice(0, 108);
    const alert = safeEvent({
      action: alertAction,
      context: { rule: 'r', kind: 'window', by: { [path]: `${cut}…0123456789abcdef` } },
    });
    assertNobody(chat.apply(alert), path);
  }
});

test('what an allow-list names an alert shows as a value that it counts by, but for texts that may hold more', () => {
  const select = {
    allow: [
      ['context', 'geo'],
      ['context', 'http_request'],
    ],
    deny: [],
    context: ['owner'],
  };
  const parts = ['action', 'geo.city', 'context.geo.city', 'http.method', 'context.owner', 'client_ip', 'http.path'];
  const written = [...parts, 'context.http_request.path'].map((part) => `event.${part}`).join(', ');
  const facts = change(0);
  const context = { ...facts.context, geo: { city: 'Lima' }, owner: 'x' };
  const alert = alertOf(`by: [${written}]`, () => ({ ...facts, context }));
  assert.deepEqual(viewOf({ ...whole, select }).apply(alert).context['by'], {
    action: 'model_updated',
    'geo.city': 'Lima',
    'context.geo.city': 'Lima',
    'http.method': 'PATCH',
    'context.owner': 'x',
  });
});

test('of the most frequent values, those beyond are no name', () => {
  const others = { value: '(others)', count: 2 };
  const top = { 'user.username': [{ value: 'ada', count: 3 }, others] };
  const { context } = chat.apply(safeEvent({ action: alertAction, context: { rule: 'r', kind: 'group', top } }));
  assert.deepEqual(context['top'], { 'user.username': [{ value: byA.of('person', 'ada'), count: 3 }, others] });
});

test('what a view denies an alert does not show as a value that it counts by', () => {
  const deny = [
    ['context', 'http_request', 'user_agent'],
    ['context', 'geo'],
  ];
  const view = viewOf({ select: { allow: undefined, deny, context: [] } });
  const parts = ['action', 'http.method', 'http.user_agent', 'geo.city', 'http'];
  const { context } = view.apply(alertOf(`by: [${parts.map((part) => `event.${part}`).join(', ')}]`, () => change(0)));
  assert.deepEqual(context['by'], { action: 'model_updated', 'http.method': 'PATCH' });
  const agents = (at: number): Partial<EventFacts> => ({
    ...change(at),
    context: { http_request: { user_agent: `agent ${at}`, method: 'GET' } },
  });
  const counted = view.apply(alertOf(`by: [event.action], distinct: 'event.http.user_agent + "."'`, agents));
  assert.doesNotMatch(JSON.stringify(counted), /agent \d/);
  assert.equal(counted.context['count'], 3);
});

const quotedTitle = 'Failed login for ada from 203.0.113.9 (Lima, PE)';
const travel = safeEvent({
  action: alertAction,
  context: {
    rule: 'far',
    kind: 'travel',
    count: 2,
    from: { place: 'Lima, PE', at: '2026-01-15T09:00:00.000Z' },
    to: { place: 'Tokyo, JP', at: '2026-01-15T09:05:00.000Z' },
    last_event: { id: '1', title: quotedTitle, names: ['ada'] },
    steps: [{ at: 'x', title: quotedTitle, names: ['ada'] }],
  },
});

test('titles and places that an alert quotes are hidden where they may tell of a field that is denied', () => {
  const denying = (...deny: readonly string[][]) =>
    viewOf({ ...whole, select: { allow: undefined, deny, context: [] } });
  const placed = /Lima|Tokyo/;
  for (const path of ['context.geo', 'context.geo.city']) {
    const seen = denying(path.split('.')).apply(travel);
    for (const [target, text] of renderAll(seen)) assert.doesNotMatch(text, placed, `${path}: ${target}`);
    assert.deepEqual(seen.context, {
      ...travel.context,
      from: { place: '[hidden]', at: '2026-01-15T09:00:00.000Z' },
      to: { place: '[hidden]', at: '2026-01-15T09:05:00.000Z' },
      last_event: { id: '1', title: '[hidden]' },
      steps: [{ at: 'x', title: '[hidden]' }],
    });
  }
  for (const path of [
    'context.model',
    'context.username',
    'context.authorized_application',
    'user.on_behalf_of',
    'user',
  ]) {
    const { context } = denying(['client_ip'], path.split('.')).apply(travel);
    assert.deepEqual(context['last_event'], { id: '1', title: '[hidden]' }, path);
    assert.deepEqual(context['from'], travel.context['from'], path);
  }
  for (const path of ['request_id', 'context.asn', 'context.http_request.user_agent']) {
    const { context } = denying(path.split('.')).apply(travel);
    assert.deepEqual(
      [context['last_event'], context['to']],
      [travel.context['last_event'], travel.context['to']],
      path,
    );
  }
});

test('an expression that is no path may read what is denied or not allowed', () => {
  const read = 'context.http_request.user_agent + event.request_id';
  const alert = safeEvent({ action: alertAction, context: { rule: 'r', kind: 'window', by: { [read]: 'Agent 7' } } });
  const deny = [['context', 'http_request', 'user_agent']];
  const denying = viewOf({ ...whole, select: { allow: undefined, deny, context: [] } });
  assert.deepEqual(denying.apply(alert).context['by'], {});
  const allow = [['context', 'http_request']];
  const allowing = viewOf({ ...whole, select: { allow, deny: [], context: [] } });
  assert.deepEqual(allowing.apply(alert).context['by'], {});
});

test('a field of the context that has pseudonyms has the same in alerts, and nothing there may hold it otherwise', () => {
  const facts = (): Partial<EventFacts> => ({
    action: 'suspicious_request',
    client_ip: '203.0.113.7',
    user: { username: 'u1u' },
    context: {
      department: 'Payroll Dept',
      message: 'Payroll Dept did it',
      more: { department: 'Payroll Dept' },
      badge: 4711,
    },
  });
  const values = [['department'], ['more', 'department'], ['badge']];
  const pseudonym = byA.of('value', 'Payroll Dept');
  for (const shows of [whole, {}]) {
    const view = viewOf({ ...shows, values });
    assert.equal(view.apply(safeEvent(facts())).context['department'], pseudonym);
    for (const expression of ['context.department', 'context.more.department']) {
      const by = view.apply(alertOf(`by: [event.${expression}]`, facts));
      assert.deepEqual(by.context['by'], { [expression]: pseudonym });
      for (const [target, text] of renderAll(by)) assert.doesNotMatch(text, /Payroll/, `${expression}: ${target}`);
      const top = { [expression]: [{ value: 'Payroll Dept', count: 2 }] };
      const { context } = view.apply(safeEvent({ action: alertAction, context: { rule: 'r', kind: 'group', top } }));
      assert.deepEqual(context['top'], { [expression]: [{ value: pseudonym, count: 2 }] });
    }
    const badge = view.apply(alertOf('by: [event.context.badge]', facts));
    assert.deepEqual(badge.context['by'], { 'context.badge': byA.of('value', '4711') });
    for (const expression of [
      'event.context.department + "!"',
      'event.user.username + event.context.department',
      'event.message',
      'event.context.more',
      'event.context',
    ]) {
      const seen = view.apply(alertOf(`by: ['${expression}']`, facts));
      for (const [target, text] of renderAll(seen))
        assert.doesNotMatch(text, /Payroll|4711/, `${expression}: ${target}`);
    }
    const plain = view.apply(alertOf('by: [event.action, event.user.username]', facts)).context['by'];
    const username = shows === whole ? 'u1u' : byA.of('person', 'u1u');
    assert.deepEqual(plain, { action: 'suspicious_request', 'user.username': username });
  }
  const app = viewOf({
    ...whole,
    values: [
      ['authorized_application', 'name'],
      ['application', 'name'],
    ],
  });
  const opened = (): Partial<EventFacts> => ({
    action: 'authorize_application',
    client_ip: '203.0.113.7',
    context: { authorized_application: { app: 'authentik_core', model_name: 'application', pk: 1, name: 'Payroll' } },
  });
  const seen = app.apply(alertOf('by: [event.application.name]', opened));
  assert.deepEqual(seen.context['by'], { 'application.name': byA.of('value', 'Payroll') });
  assert.doesNotMatch(JSON.stringify(seen), /Payroll/);
  const { context } = viewOf({ ...whole, values: [['geo', 'city']] }).apply(travel);
  assert.doesNotMatch(JSON.stringify(context), /Lima|Tokyo/);
});

test('providers, stages and flows are known to name nobody', () => {
  const by = {
    'context.provider.name': 'Grafana OIDC',
    'context.auth_method_args.provider.name': 'Grafana OIDC',
    'context.stage.name': 'default-password',
    'context.flow.slug': 'default-login',
    'context.known_device': 'true',
    'context.auth_method_args.known_device': 'false',
  };
  const { context } = chat.apply(safeEvent({ action: alertAction, context: { rule: 'r', kind: 'window', by } }));
  assert.deepEqual(context['by'], by);
  const forged = { 'context.known_device': 'Ada Lovelace', 'context.reason': 'Ada Lovelace' };
  const seen = chat.apply(safeEvent({ action: alertAction, context: { rule: 'r', kind: 'window', by: forged } }));
  assertNobody(seen, 'texts of people');
});
