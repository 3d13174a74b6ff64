import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventFacts, SafeEvent } from '../../src/core/event.ts';
import { asObject, get, type Json } from '../../src/core/json.ts';
import { shortValue } from '../../src/core/short-value.ts';
import { titleOf } from '../../src/render/message.ts';
import { renderAll } from '../fuzz/targets.ts';
import { safeEvent } from '../support/events.ts';
import { alertFrom } from './alerts.ts';
import { byA, viewOf } from './views.ts';

const view = viewOf();

/** Names of a length, of letters that are cut in other places than others. */
const made: readonly (readonly [string, (length: number) => string])[] = [
  ['letters', (length) => `${'Planted'.repeat(length / 7)}${'q'.repeat(length % 7)}`],
  ['words', (length) => 'planted name '.repeat(length / 13 + 1).slice(0, length - 1) + 'z'],
  ['composed letters', (length) => 'Plantéd'.repeat(length / 7 + 1).slice(0, length)],
  ['decomposed letters', (length) => 'Plante\u0301d'.repeat(length / 8 + 1).slice(0, length - 1) + 'z'],
  ['letters of both', (length) => 'Plante\u0301dé'.repeat(length / 9 + 1).slice(0, length - 1) + 'z'],
  ['emoji', (length) => `planted${'👩‍👩‍👧‍👦'.repeat(length / 11)}z`],
  ['quotation marks', (length) => 'planted “x” "y" '.repeat(length / 16 + 1).slice(0, length - 1) + 'z'],
  ['dots', (length) => 'planted... … '.repeat(length / 13 + 1).slice(0, length - 1) + 'z'],
  ['mail addresses', (length) => `${'planted.'.repeat(length / 8 - 2)}q@planted.example`],
];
const lengths = [40, 61, 100, 109, 129, 150, 254, 257, 300, 1000];

function failed(username: string): Partial<EventFacts> {
  return { action: 'login_failed', user: { username }, client_ip: '203.0.113.7', context: { username } };
}

/** All pseudonyms of people in a text. */
function pseudonymsIn(text: string): readonly string[] {
  return [...new Set(text.match(/(?:user|mail)-[0-9a-f]{4}-[0-9a-f]{16}/g))];
}

function at(event: SafeEvent, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => get(asObject(value), key), event.context);
}

const conditions: readonly (readonly [condition: string, (event: SafeEvent) => Json | undefined])[] = [
  ['window: {count: 2, within: 10m, by: [event.user.username]}', (event) => at(event, 'by', 'user.username')],
  ['window: {count: 2, within: 10m, by: [event.context.username]}', (event) => at(event, 'by', 'context.username')],
  ['suppress: {for: 10m, by: [event.context.username]}', (event) => at(event, 'by', 'context.username')],
  ['group: {by: [event.user.username], wait: 1m}', (event) => at(event, 'by', 'user.username')],
  [
    'group: {by: [event.client_ip], wait: 1m}',
    (event) => get(asObject((at(event, 'top', 'user.username') as readonly Json[])[0]), 'value'),
  ],
  [
    'sequence: {steps: [{policies: [{action: login_failed}]}], within: 10m, by: [event.user.username]}',
    (event) => at(event, 'by', 'user.username'),
  ],
];

for (const [letters, nameOf] of made) {
  test(`a long name has the same pseudonym in events and in messages about several: ${letters}`, () => {
    for (const length of lengths) {
      const name = nameOf(length);
      const pseudonym = byA.of('person', name);
      assert.equal(view.apply(safeEvent(failed(name))).user.username, pseudonym);
      for (const [condition, read] of conditions) {
        const alert = alertFrom(condition, [failed(name), failed(name)]);
        const seen = view.apply(alert);
        assert.equal(read(seen), pseudonym, `${condition}, ${length}`);
        for (const [target, text] of [...renderAll(seen), ['the event', JSON.stringify(seen)] as const]) {
          assert.doesNotMatch(text, /plant/i, `${condition}, ${length}: ${target}`);
          assert.deepEqual(
            pseudonymsIn(text).filter((one) => one !== pseudonym),
            [],
            `${condition}, ${length}: ${target}`,
          );
        }
        const { last_event: last } = seen.context as { readonly last_event: { readonly title: string } };
        assert.ok(last.title.includes(pseudonym), `${condition}, ${length}: ${last.title}`);
      }
    }
  });
}

test('long values that are counted have the pseudonyms of their events', () => {
  const names = ['a', 'b', 'c'].map((first) => `${first}${'lovelace-'.repeat(40)}`);
  const alert = alertFrom(
    'window: {count: 3, within: 10m, by: [event.client_ip], distinct: event.context.username}',
    names.map(failed),
  );
  assert.deepEqual(
    view.apply(alert).context['values'],
    names.map((name) => byA.of('person', name)),
  );
  assert.doesNotMatch(JSON.stringify(alert.context), /…[0-9a-f]{16}/, 'no hash of what is cut off');
  const department = `${'Payroll and more '.repeat(30)}.`;
  const facts = { ...failed('ada'), context: { department } };
  const valued = viewOf({ values: [['department']] });
  const counted = alertFrom('window: {count: 2, within: 10m, by: [event.context.department]}', [facts, facts]);
  const pseudonym = byA.of('value', department);
  assert.equal(valued.apply(safeEvent(facts)).context['department'], pseudonym);
  assert.deepEqual(valued.apply(counted).context['by'], { 'context.department': pseudonym });
});

test('a mail address that a title cuts off has the pseudonym of the whole', () => {
  const mail = `${'ada.lovelace.'.repeat(8)}x@people.example`;
  const facts = { action: 'email_sent', client_ip: '203.0.113.7', context: { to_email: [mail], subject: 'Hello' } };
  assert.match(titleOf(safeEvent(facts)), /lovelace.*…/);
  const seen = view.apply(alertFrom('window: {count: 2, within: 10m, by: [event.client_ip]}', [facts, facts]));
  assert.doesNotMatch(JSON.stringify(seen), /lovelace/);
  assert.ok(JSON.stringify(seen.context['last_event']).includes(byA.of('person', mail)));
});

test('the short form of a value is bounded, tears no character, and is its own short form', () => {
  const units = fc.array(fc.constantFrom('a', ' ', '…', 'e\u0301', '👩‍👩‍👧', '한', 'ﷺ', '\ud800', 'Z'), { maxLength: 400 });
  fc.assert(
    fc.property(units, (parts) => {
      const text = parts.join('');
      const short = shortValue(text);
      assert.ok(short.length <= 256);
      assert.equal(shortValue(short), short);
      assert.equal(shortValue(text.normalize('NFD').normalize()), shortValue(text.normalize()));
      for (const kind of ['person', 'value'] as const) assert.equal(byA.of(kind, short), byA.of(kind, text));
    }),
    { seed: 21, numRuns: 400 },
  );
});
