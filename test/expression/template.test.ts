import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { TextVariable } from '../../src/expression/environment.ts';
import { compileTemplate } from '../../src/expression/template.ts';
import { safeEvent } from '../support/events.ts';

const variables: readonly TextVariable[] = ['rule', 'severity', 'title', 'summary', 'body', 'delivery_key'];
const event = safeEvent({
  user: { username: 'ada', pk: 6 },
  context: { n: 3, ratio: 0.5, list: [1, 'x', null], 'a"b}': 1, nothing: null, flag: false },
});
const scope = { event, nowMs: Date.UTC(2026, 0, 15, 10), rule: 'r', title: 'Failed login' };

function render(value: unknown): { readonly value: unknown; readonly errors: readonly string[] } {
  const template = compileTemplate(value, variables);
  assert.ok(template.ok, JSON.stringify(template));
  const errors: string[] = [];
  return { value: template.render(scope, (path, message) => errors.push(`${path.join('.')}: ${message}`)), errors };
}

describe('a value that is one hole keeps its type', () => {
  for (const [source, value] of [
    ['${event.user.username}', 'ada'],
    ['${event.user.pk}', 6],
    ['${1 + 2}', 3],
    ['${9007199254740993}', '9007199254740993'],
    ['${event.context.ratio}', 0.5],
    ['${0.0 / 0.0}', null],
    ['${event.context.flag}', false],
    ['${event.context.nothing}', null],
    ['${event.context.list}', [1, 'x', null]],
    ['${size(event.context.list)}', 3],
    ['${event.at}', '2026-01-15T09:00:00.000Z'],
    ['${now}', '2026-01-15T10:00:00.000Z'],
    ['${now - event.at}', '3600s'],
    ['${b"ab"}', 'YWI='],
    ['${ip("2001:DB8::1")}', '2001:db8::1'],
    ['${cidr("10.1.2.3/8")}', '10.1.2.3/8'],
    ['${event.?schema_name}', null],
    ['${event.?schema_name.orValue("public")}', 'public'],
    ['${5u}', 5],
    ['${{"a": 1, "b": [true, {"c": 1.5}]}}', { a: 1, b: [true, { c: 1.5 }] }],
    ['${title}', 'Failed login'],
    ['${event.context["a\\"b}"]}', 1],
    ["${'}' + '{' + \"'\"}", "}{'"],
    ['${"""a"}b"""}', 'a"}b'],
    ['${"x" // a comment with } and "\n}', 'x'],
  ] as const) {
    test(source, () => assert.deepEqual(render(source), { value, errors: [] }));
  }

  test('the whole event', () => assert.deepEqual(render('${event}').value, JSON.parse(JSON.stringify(event))));
});

describe('holes inside text', () => {
  for (const [source, value] of [
    ['user ${event.user.username} (${event.user.pk})', 'user ada (6)'],
    ['${event.user.username}${event.user.pk}', 'ada6'],
    ['list ${event.context.list}', 'list [1,"x",null]'],
    ['at ${event.at}', 'at 2026-01-15T09:00:00.000Z'],
    ['[${event.context.nothing}]', '[]'],
    ['$${event.id} costs $5', '${event.id} costs $5'],
    ['$$${event.id}', '$${event.id}'],
    ['no hole } {', 'no hole } {'],
    ['', ''],
  ] as const) {
    test(source, () => assert.deepEqual(render(source), { value, errors: [] }));
  }
});

test('values are rendered at any depth, keys are literal', () => {
  const rendered = render({ a: [{ '${event.id}': '${event.user.pk}' }, 1, true, null], b: { c: 'x ${rule}' } });
  assert.deepEqual(rendered.value, { a: [{ '${event.id}': 6 }, 1, true, null], b: { c: 'x r' } });
});

test('a key named __proto__ is a key', () => {
  const value = render(JSON.parse('{"__proto__": {"a": "${rule}"}}')).value;
  assert.equal(JSON.stringify(value), '{"__proto__":{"a":"r"}}');
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

test('a hole without a value is null, inside text nothing, and is told', () => {
  assert.deepEqual(render({ a: ['${event.client_ip}'], b: 'ip ${event.client_ip}!', c: '${summary}', d: '${rule}' }), {
    value: { a: [null], b: 'ip !', c: null, d: 'r' },
    errors: ['a.0: No such key: client_ip', 'b: No such key: client_ip', 'c: Unknown variable: summary'],
  });
});

test('all problems are found at load, with their places', () => {
  const template = compileTemplate(
    { a: 'x ${event.usr.name}', b: ['ok', 'y ${', '${}'], c: new Map(), d: '${zzz}' },
    [],
  );
  assert.ok(!template.ok);
  assert.deepEqual(
    template.problems.map(({ path, message }) => [path.join('.'), message]),
    [
      ['a', 'event has no field "usr" (did you mean "user"?) (at character 11)'],
      ['b.1', 'a ${ is never closed (at character 3)'],
      ['b.2', 'empty (at character 3)'],
      ['c', 'cannot be sent: not plain data'],
      ['d', 'Unknown variable: zzz (at character 3)'],
    ],
  );
  for (const open of ['${', '${"', '${ {"a": 1}', '${ // }', "${'''}"]) {
    assert.equal(compileTemplate(open, []).ok, false, open);
  }
});

test('a variable that is not offered is unknown', () => {
  assert.equal(compileTemplate('${title}', ['rule']).ok, false);
});

test('text without a dollar sign is itself, and escaped text too', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', '"', 'é', '\n') }), (text) => {
      const plain = text.replaceAll('$', '');
      assert.equal(render(plain).value, plain);
      assert.equal(render(text.replaceAll('${', () => '$${')).value, text);
    }),
    { numRuns: 300, seed: 11 },
  );
});

test('any string literal survives a hole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
      assert.equal(render(`<\${${JSON.stringify(text)}}>`).value, `<${text}>`);
    }),
    { numRuns: 300, seed: 12 },
  );
});
