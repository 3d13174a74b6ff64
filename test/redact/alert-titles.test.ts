import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventFacts, SafeEvent } from '../../src/core/event.ts';
import { alertAction } from '../../src/core/action.ts';
import { fieldsTold, mayTell } from '../../src/redact/view/told.ts';
import { titleOf } from '../../src/render/message.ts';
import { renderAll } from '../fuzz/targets.ts';
import { safeEvent } from '../support/events.ts';
import { hostileEvent } from '../support/hostile-events.ts';
import { alertFrom } from './alerts.ts';
import { byA, viewOf } from './views.ts';

const whole = { name: 'whole', mail: 'whole', address: 'whole' } as const;
const login: Partial<EventFacts> = {
  action: 'login_failed',
  user: { username: 'ada' },
  client_ip: '203.0.113.7',
  context: {
    username: 'ada',
    department: 'Payroll Dept',
    note: 'Platform for the login of ada',
    geo: { city: 'Lima', country: 'PE' },
    http_request: { path: '/api/x/', user_agent: 'curl/8' },
  },
};
const forged = (context: EventFacts['context']): Partial<EventFacts> => ({
  ...login,
  action: 'configuration_error',
  context,
});

/** The title that an alert about two such events quotes, as a view with pseudonyms of a field shows it. */
function quotedTitle(facts: Partial<EventFacts>, ...paths: readonly string[]): string {
  const seen = seenAlert(facts, paths);
  return (seen.context as { readonly last_event: { readonly title: string } }).last_event.title;
}

function seenAlert(facts: Partial<EventFacts>, paths: readonly string[]): SafeEvent {
  const view = viewOf({ ...whole, values: paths.map((path) => path.split('.')) });
  return view.apply(alertFrom('window: {count: 2, within: 10m, by: [event.action]}', [facts, facts]));
}

test('a quoted title is shown where it does not tell of the field that has pseudonyms', () => {
  const title = titleOf(safeEvent(login));
  for (const path of ['department', 'http_request.user_agent', 'http_request.path', 'geo.lat', 'badge', 'more.badge'])
    assert.equal(quotedTitle(login, path), title, path);
  for (const path of ['geo.city', 'geo.country', 'geo', 'username', 'note'])
    assert.equal(quotedTitle(login, path), '[hidden]', path);
  assert.equal(quotedTitle(login, 'department', 'geo.city'), '[hidden]');
  const { context } = viewOf().apply(alertFrom('window: {count: 2, within: 10m, by: [event.action]}', [login, login]));
  const pseudonym = byA.of('person', 'ada');
  assert.deepEqual(context['last_event'], {
    id: '1'.padStart(32, '0'),
    title: `Failed login for ${pseudonym} from ${byA.of('address', '203.0.113.7')} (Lima, PE)`,
    names: [pseudonym],
  });
});

test('a quoted title is hidden where the value stands in it, whichever field it comes from and however it is written', () => {
  for (const [department, message] of [
    ['Payroll Dept', 'Access of PAYROLL  DEPT refused'],
    ['Payroll Dept', 'Access of ＰＡＹＲＯＬＬ ＤＥＰＴ refused'],
    ['Payroll Dept', 'Access of payroll_dept refused'],
    ['Payroll Dept', 'Access of Payroll%20Dept refused'],
    ['Payroll Dept', `${'x '.repeat(44)}Payroll Dept refused`],
    ['payroll.modules.Department', 'Department refused'],
    ['Straße Süd', 'Access of stra\u00dfe su\u0308d refused'],
    ['王明部门', '用户王明部门被拒绝'],
    ['root admin', 'Root admin refused'],
    ['⚑⚑', 'Access of ⚑⚑ refused'],
    ['PE', 'PE: refused'],
  ] as const) {
    const facts = forged({ department, message });
    assert.match(titleOf(safeEvent(facts)), /refused|拒绝|…/);
    const seen = seenAlert(facts, ['department']);
    assert.deepEqual((seen.context['last_event'] as { title: string }).title, '[hidden]', `${department}: ${message}`);
  }
});

test('titles of which nobody wrote down what they tell are hidden, and those of messages about several events', () => {
  const view = viewOf({ ...whole, values: [['department']] });
  const older = {
    rule: 'r',
    kind: 'window',
    last_event: { title: 'Failed login for x', names: ['x'] },
    steps: [{ title: 't' }],
  };
  assert.deepEqual(view.apply(safeEvent({ action: alertAction, context: older })).context, {
    ...older,
    last_event: { title: '[hidden]' },
    steps: [{ title: '[hidden]' }],
  });
  assert.deepEqual(fieldsTold('any', { action: alertAction, context: {} }), ['*']);
  assert.ok(mayTell(['*'], ['department']));
});

test('no value of a field stands in a title that is said not to tell of it', () => {
  let shown = 0;
  fc.assert(
    fc.property(hostileEvent, (event) => {
      const title = titleOf(event);
      const told = fieldsTold(title, event);
      for (const [key, value] of Object.entries(event.context)) {
        if (typeof value !== 'string' || value.trim() === '' || mayTell(told, [key])) continue;
        shown += 1;
        const view = viewOf({ ...whole, values: [[key]] });
        const seen = view.apply(safeEvent({ ...event, context: { [key]: value, quoted: title } }));
        assert.equal(seen.context['quoted'], title, `${key}: ${value}`);
      }
    }),
    { seed: 31, numRuns: 400 },
  );
  assert.ok(shown > 100, `${shown} fields are told apart from titles`);
});

test('an alert in every format shows neither the value nor which fields its titles tell of', () => {
  for (const path of ['department', 'geo.city', 'note']) {
    const seen = seenAlert(login, [path]);
    const hidden = { department: /Payroll/, 'geo.city': /Lima/, note: /Platform/ }[path] ?? /./;
    for (const [target, text] of [...renderAll(seen), ['the event', JSON.stringify(seen)] as const]) {
      assert.doesNotMatch(text, hidden, `${path}: ${target}`);
      assert.doesNotMatch(text, /geo\.c/, `${path}: ${target}`);
    }
  }
});

test('a path or user agent by which an alert counts is hidden where a field has pseudonyms: its value may stand there', () => {
  for (const name of ['path', 'user_agent']) {
    const facts = { ...login, context: { department: 'Payroll Dept', http_request: { [name]: '/Payroll%20Dept' } } };
    const alert = alertFrom(`window: {count: 2, within: 10m, by: [event.http.${name}]}`, [facts, facts]);
    const { context } = viewOf({ values: [['department']] }).apply(alert);
    assert.deepEqual(context['by'], { [`http.${name}`]: '[hidden]' });
  }
});
