import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { asObject, get, isObject, type JsonObject } from '../../../src/core/json.ts';
import { formatJson } from '../../../src/render/formats/format.ts';
import { formatInput } from '../../support/format-inputs.ts';
import { hostileEvent } from '../../support/hostile-events.ts';
import { event } from '../events.ts';

const schemaPath = join(import.meta.dirname, '../../../../shared/schemas/ecs-9.4.0.json');
const skip = existsSync(schemaPath) ? false : 'there is no list of ECS fields beside this checkout';

interface EcsField {
  readonly type: string;
  readonly array?: boolean;
  /** The values allowed, each with the event types expected beside it. */
  readonly allowed?: { readonly [value: string]: readonly string[] | null };
}

describe('against ECS 9.4.0', { skip }, () => {
  const fields = skip === false ? readFields() : new Map<string, EcsField>();

  test('every golden document', () => {
    const golden: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../fixtures/formats/ecs.json'), 'utf8'),
    );
    assert.ok(isObject(golden) && Object.keys(golden).length > 60);
    for (const [name, document] of Object.entries(golden)) {
      assert.deepEqual(problems(asObject(document) ?? {}, fields), [], name);
    }
  });

  test('whatever an event holds', () => {
    fc.assert(
      fc.property(hostileEvent, fc.constantFrom('notice', 'alert'), (made, severity) => {
        assert.deepEqual(problems(formatJson('ecs', formatInput(made, severity)), fields), []);
      }),
      { seed: 5, numRuns: 1500 },
    );
  });
});

function readFields(): ReadonlyMap<string, EcsField> {
  const schema: unknown = JSON.parse(readFileSync(schemaPath, 'utf8'));
  assert.ok(isObject(schema) && isObject(schema['fields']));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the file's own shape
  return new Map(Object.entries(schema['fields'] as unknown as { readonly [name: string]: EcsField }));
}

/** Everything in the document that ECS does not have or does not allow. `authentik` is ours. */
function problems(document: JsonObject, fields: ReadonlyMap<string, EcsField>): readonly string[] {
  const found: string[] = [];
  const { authentik: _, ...own } = document;
  visit(own, '', (path, value) => {
    const field = fields.get(path);
    if (field === undefined) return found.push(`${path} is no field of ECS`);
    if (Array.isArray(value) !== (field.array === true))
      return found.push(`${path} is ${field.array === true ? 'a' : 'no'} list`);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (!fits(item, field)) found.push(`${path} (${field.type}) cannot be ${JSON.stringify(item)}`);
    }
    return undefined;
  });
  return [...found, ...unexpectedTypes(document, fields)];
}

function visit(value: unknown, path: string, leaf: (path: string, value: unknown) => unknown): void {
  if (!isObject(value) || path.endsWith('.location')) return void leaf(path, value);
  for (const [key, item] of Object.entries(value)) visit(item, path === '' ? key : `${path}.${key}`, leaf);
}

function fits(value: unknown, { type, allowed }: EcsField): boolean {
  if (allowed !== undefined && !(typeof value === 'string' && Object.hasOwn(allowed, value))) return false;
  switch (type) {
    case 'long':
      return Number.isSafeInteger(value);
    case 'ip':
      return typeof value === 'string' && isIP(value) !== 0 && !value.includes('%');
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
    case 'geo_point':
      return isObject(value) && Math.abs(Number(value['lat'])) <= 90 && Math.abs(Number(value['lon'])) <= 180;
    default:
      return typeof value === 'string' && value !== '';
  }
}

/** ECS names for every category the types that go with it; a type must go with one of the document's. */
function unexpectedTypes(document: JsonObject, fields: ReadonlyMap<string, EcsField>): readonly string[] {
  const own = asObject(document['event']);
  const categories = get(own, 'category');
  const types = get(own, 'type');
  if (!Array.isArray(types) || types.length === 0) return ['there is no event.type'];
  if (!Array.isArray(categories)) return [];
  const expected = categories.flatMap(
    (category: unknown) => fields.get('event.category')?.allowed?.[String(category)] ?? [],
  );
  return types
    .filter((type: unknown) => !expected.includes(String(type)))
    .map((type: unknown) => `${String(type)} goes with none of ${categories.join()}`);
}

test('the time is the one of the event, the id the one of the delivery', () => {
  const document = formatJson('ecs', formatInput(event()));
  assert.equal(document['@timestamp'], '2026-01-15T09:03:48.859Z');
  assert.equal(get(asObject(document['event']), 'id'), `${event().id}.00c0ffee`);
});

test('who tried to log in is the name that was typed', () => {
  const anonymous = { username: 'AnonymousUser', pk: 2, email: '', is_anonymous: true };
  const userOf = (context: JsonObject, user = anonymous as object): unknown =>
    formatJson('ecs', formatInput(event({ action: 'login_failed', context, user })))['user'];
  assert.deepEqual(userOf({ username: 'grace' }), { name: 'grace' });
  assert.deepEqual(userOf({ username: 'grace' }, { username: 'grace', pk: 9 }), { id: '9', name: 'grace' });
  assert.deepEqual(userOf({}, { username: 'grace', pk: 9 }), { id: '9', name: 'grace' });
  // A name that redaction kept back may be a mistyped password.
  assert.equal(userOf({ username: '[redacted:username]' }), undefined);
});

test('administrators stand beside whom they act for or upon', () => {
  const root = { username: 'root', pk: 1 };
  const ada = { username: 'ada', pk: 6 };
  const user = (facts: object): unknown => formatJson('ecs', formatInput(event({ context: {}, ...facts })))['user'];
  assert.deepEqual(user({ action: 'impersonation_started', user: { ...root, on_behalf_of: ada } }), {
    id: '1',
    name: 'root',
    effective: { id: '6', name: 'ada' },
  });
  assert.deepEqual(user({ action: 'password_set', user: { ...ada, authenticated_as: root } }), {
    id: '1',
    name: 'root',
    target: { id: '6', name: 'ada' },
  });
});

test('a rule above notice makes an alert', () => {
  const kind = (severity: 'notice' | 'warning'): unknown =>
    get(asObject(formatJson('ecs', formatInput(event(), severity))['event']), 'kind');
  assert.deepEqual([kind('notice'), kind('warning')], ['event', 'alert']);
});
