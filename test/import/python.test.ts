import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeEvent, corpusEvents } from '../support/events.ts';
import type { SafeEvent } from '../../src/core/event.ts';
import { compileExpression } from '../../src/expression/expression.ts';
import { textVariables } from '../../src/expression/environment.ts';
import { compileTemplate } from '../../src/expression/template.ts';
import { templateOf } from '../../src/import/convert/mapping.ts';
import { translateProgram, type Translated } from '../../src/import/python/program.ts';
import type { Purpose } from '../../src/import/python/scope.ts';
import { python, runPython } from './oracle.ts';
import { mappings, policies, unportable } from './programs.ts';
import { randomPolicies } from './random-programs.ts';

const nowMs = 0;

const odd = [undefined, null, '', 'ada', 7, true, false, [], ['ada', 'k'], {}, { k: 'ada' }, { k: null }];

/** Events whose `a` is anything, with and without address, user and place. */
const oddEvents: readonly SafeEvent[] = odd.flatMap((a, at) => [
  safeEvent({
    at: Date.UTC(2026, 0, 10 + at, at * 2),
    ...(at % 2 === 0 && { client_ip: '10.1.2.3' }),
    user: at % 3 === 0 ? {} : { username: at % 3 === 1 ? 'ada' : '', email: 'a@b', pk: at },
    context: { ...(a !== undefined && { a }), ...(at % 2 === 0 && { geo: at % 4 === 0 ? { country: 'ada' } : {} }) },
  }),
  safeEvent({
    action: 'ada',
    user: { username: 'adan' },
    context: { ...(a !== undefined && { a }), geo: { country: null } },
  }),
]);

const events: readonly SafeEvent[] = [...corpusEvents(), ...oddEvents];

function translate(source: string, purpose: Purpose): Translated {
  const recipient = purpose === 'mapping' ? { username: 'ana', email: 'ana@example.com' } : undefined;
  return translateProgram(source, { purpose, recipient, note: () => undefined });
}

/** Every difference between Python and CEL, and how many programs were compared. */
function differences(programs: readonly string[], on: readonly SafeEvent[]) {
  const expected = runPython(programs, on, 'policy');
  const compared = programs.flatMap((source, index) => {
    const translated = translate(source, 'policy');
    const compiled = translated.ok ? compileExpression(translated.value.text, 'bool') : undefined;
    if (!translated.ok || compiled?.ok !== true) return [];
    const wrong = on.flatMap((event, at) => {
      const result = compiled.evaluate({ event, nowMs });
      const ours = result.ok ? String(result.value) : 'raises';
      const theirs = expected[index]?.[at];
      const { action, client_ip, user, context } = event;
      const about = JSON.stringify({ action, client_ip, user, context });
      return ours === theirs
        ? []
        : [`${source}\n${translated.value.text}\n${about}\nPython ${JSON.stringify(theirs)}, CEL ${ours}`];
    });
    return [wrong];
  });
  return { compared: compared.length, wrong: compared.flat() };
}

test('expressions yield what Python yields, and fail where it raises', python, () => {
  const { compared, wrong } = differences(policies, events);
  assert.equal(wrong[0], undefined, `${wrong.length} differ`);
  assert.equal(compared, policies.length, 'all of them can be carried over');
});

test('random expressions yield what Python yields, and fail where it raises', python, () => {
  const { compared, wrong } = differences(randomPolicies, oddEvents);
  assert.equal(wrong[0], undefined, `${wrong.length} differ`);
  assert.ok(compared > randomPolicies.length * 0.7, `only ${compared} could be carried over`);
});

test('mappings make the body that Python makes', python, () => {
  const expected = runPython(mappings, events, 'mapping');
  for (const [index, source] of mappings.entries()) {
    const translated = translate(source, 'mapping');
    assert.ok(translated.ok, translated.ok ? '' : translated.message);
    const template = compileTemplate(templateOf(translated.value), textVariables);
    assert.ok(template.ok, source);
    for (const [at, event] of events.entries()) {
      const theirs = expected[index]?.[at];
      if (typeof theirs !== 'object') continue;
      assert.deepEqual(template.render({ event, nowMs, severity: 'warning' }), theirs.value, source);
    }
  }
});

test("the two examples of authentik's documentation read as a person would write them", () => {
  const texts = policies.slice(0, 2).map((source) => {
    const translated = translate(source, 'policy');
    return translated.ok ? translated.value.text : translated.message;
  });
  assert.deepEqual(texts, [
    'cidr("192.0.2.0/24").containsIP(ip(event.client_ip))',
    'event.action == "login" && event.context["auth_method_args"]["known_device"] == false',
  ]);
});

test('what has no counterpart is told with its place', () => {
  for (const [source, message, line] of unportable) {
    const translated = translate(source, 'policy');
    assert.ok(!translated.ok, `${source}: ${translated.ok ? translated.value.text : ''}`);
    assert.match(translated.message, message, source);
    assert.equal(source.slice(0, translated.offset).split('\n').length, line, source);
  }
});

test('whom a notification is for is told when nobody knows', () => {
  const source = 'return {"to": notification.user.email}';
  const translated = translateProgram(source, { purpose: 'mapping', recipient: undefined, note: () => undefined });
  assert.match(translated.ok ? '' : translated.message, /who gets the notification is not known/);
});
