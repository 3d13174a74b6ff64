import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from '../../src/config/value.ts';
import { asObject, get, isObject, type Json } from '../../src/core/json.ts';
import type { DestinationKind, SetupBlock } from '../../src/destinations/destination.ts';
import { elasticsearch } from '../../src/destinations/elasticsearch/elasticsearch.ts';
import { formatInput } from '../../src/destinations/format.ts';
import { columns } from '../../src/destinations/sentinel/columns.ts';
import { sentinel } from '../../src/destinations/sentinel/sentinel.ts';
import { splunkHec } from '../../src/destinations/splunk/splunk-hec.ts';
import { formatJson, jsonFormats, type JsonFormat } from '../../src/render/formats/format.ts';
import { eventOf } from '../support/leased.ts';
import type { Written } from '../support/receivers/destination.ts';

// What `herald setup` prints names fields of the events: they must be there.

function blocksOf(kind: DestinationKind, options: Written): readonly SetupBlock[] {
  return kind.setup?.(load(kind.schema, { ...kind.example, ...options })) ?? [];
}

function textOf(blocks: readonly SetupBlock[], title: string): string {
  const block = blocks.find((one) => one.title === title);
  assert.ok(block !== undefined, title);
  return block.text;
}

/** The value at a path, looking into the first item of lists. */
function at(document: Json, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((value, key) => {
    const object = Array.isArray(value) ? value[0] : value;
    return get(asObject(object), key);
  }, document);
}

function documentOf(format: JsonFormat): Json {
  const context = {
    model: { app: 'authentik_core', model_name: 'group', pk: 'b1', name: 'admins' },
    diff: { name: { new_value: 'admins' } },
    http_request: { method: 'PATCH', path: '/api/', args: { a: 'b' } },
  };
  const delivery = eventOf(1, { action: 'model_updated', context });
  return formatJson(format, formatInput(delivery, { instance: 'herald-0', authentikUrl: undefined }));
}

for (const format of jsonFormats) {
  describe(format, () => {
    test('the search in Splunk finds doubles by a field of the event', () => {
      const field = /dedup (\S+)/.exec(textOf(blocksOf(splunkHec, { format }), 'Look'))?.[1];
      assert.equal(typeof at(documentOf(format), field ?? ''), 'string');
    });

    for (const product of ['Elasticsearch', 'OpenSearch']) {
      test(`the template of ${product} maps what has keys of any name as one field`, () => {
        const [line = '', ...rest] = textOf(blocksOf(elasticsearch, { format }), `${product}: index template`).split(
          '\n',
        );
        assert.equal(line, 'PUT _index_template/authentik-herald');
        const template: { readonly index_patterns: readonly string[]; readonly template: Json } = JSON.parse(
          rest.join('\n'),
        );
        assert.deepEqual(template.index_patterns, ['logs-authentik.event-*']);
        const loose = looseOf(at(template.template, 'mappings.properties') ?? {}, '');
        const document = documentOf(format);
        assert.ok(
          loose.some((path) => isObject(at(document, path))),
          loose.join(', '),
        );
      });
    }
  });
}

test('an index of its own is not made a data stream', () => {
  const blocks = blocksOf(elasticsearch, { data_stream: undefined, index: 'authentik' });
  assert.doesNotMatch(textOf(blocks, 'Elasticsearch: index template'), /data_stream/);
  assert.match(textOf(blocks, 'Elasticsearch: API key'), /"authentik"/);
});

test("Sentinel's rule declares the columns of a row", () => {
  const rule: Json = JSON.parse(textOf(blocksOf(sentinel, {}), 'Data collection rule'));
  const declared = get(asObject(at(rule, 'properties.streamDeclarations')), 'Custom-Authentik_CL');
  assert.deepEqual(
    at(declared ?? null, 'columns'),
    columns.map(({ name, type }) => ({ name, type })),
  );
});

/** Paths of the fields that are mapped without looking inside. */
function looseOf(properties: Json, path: string): readonly string[] {
  return Object.entries(asObject(properties) ?? {}).flatMap(([name, mapping]) => {
    const own = `${path}${name}`;
    const type = at(mapping, 'type');
    if (type === 'flattened' || type === 'flat_object') return [own];
    return looseOf(at(mapping, 'properties') ?? {}, `${own}.`);
  });
}
