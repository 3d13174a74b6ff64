import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { environmentFor } from '../../src/expression/environment.ts';
import { compileExpression } from '../../src/expression/expression.ts';
import { quickOf } from '../../src/expression/quick.ts';
import { bindingsOf } from '../../src/expression/scope.ts';
import { safeEvent } from '../support/events.ts';

// What is compared without the library must be what the library says.

const environment = environmentFor([]);
const path = fc.constantFrom(
  'event.action',
  'event.client_ip',
  'event.user.username',
  'event.user["username"]',
  'event.user.pk',
  'event.context.a',
  'event.context.a.b',
  'event.context["a"].constructor',
  'event.context.nothing',
  'event.http.path',
);
const literal = fc.constantFrom('"x"', '"login"', '""', '"lo"', '"ö"');
const atom = fc.oneof(
  fc.tuple(path, fc.constantFrom('==', '!='), literal).map((parts) => parts.join(' ')),
  fc.tuple(literal, path).map((parts) => parts.join(' == ')),
  fc.tuple(path, literal, literal).map(([left, one, two]) => `${left} in [${one}, ${two}]`),
  fc
    .tuple(path, fc.constantFrom('startsWith', 'endsWith', 'contains'), literal)
    .map(([left, name, text]) => `${left}.${name}(${text})`),
  path.map((one) => `size(${one}) > 2`),
  fc.constantFrom('has(event.client_ip)', 'true', 'now > timestamp("2020-01-01T00:00:00Z")'),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    atom,
    fc.tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression')).map((parts) => `(${parts.join(' ')})`),
    tie('expression').map((one) => `!(${one})`),
  ),
}));
const text = fc.constantFrom('x', 'login', 'logout', '', 'ö', 'lox');
const event = fc
  .record(
    {
      client_ip: text,
      user: fc.record({ username: text, pk: fc.integer() }, { requiredKeys: [] }),
      context: fc.record(
        {
          a: fc.oneof(text, fc.record({ b: text, constructor: text }, { requiredKeys: [] })),
          nothing: fc.constant(null),
          http_request: fc.record({ path: text }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .chain((facts) => text.map((action) => safeEvent({ action, user: {}, context: {}, ...facts })));

function byLibrary(source: string, scope: Parameters<typeof bindingsOf>[0]): unknown {
  try {
    return environment.parse(source)(bindingsOf(scope));
  } catch {
    return 'error';
  }
}

test('comparisons of texts yield what the library yields', () => {
  let quick = 0;
  fc.assert(
    fc.property(expression, event, (source, of) => {
      const compiled = compileExpression(source, 'bool');
      if (!compiled.ok) return;
      const scope = { event: of, nowMs: 0 };
      const result = compiled.evaluate(scope);
      assert.deepEqual(result.ok ? result.value : 'error', byLibrary(source, scope), source);
      if (quickOf(environment.parse(source).ast)?.(of) !== undefined) quick += 1;
    }),
    { seed: 3, numRuns: 3000 },
  );
  assert.ok(quick > 500, `${quick} were compared without the library`);
});

test('what lies too deep for an expression is not there', () => {
  const keys = Array.from({ length: 14 }, (_, at) => `k${at}`);
  const context = keys.reduceRight<object | string>((inner, key) => ({ [key]: inner }), 'x');
  const compiled = compileExpression(`event.context.${keys.join('.')} == "x"`, 'bool');
  assert.ok(compiled.ok);
  assert.equal(compiled.evaluate({ event: safeEvent({ context: { ...Object(context) } }), nowMs: 0 }).ok, false);
});
