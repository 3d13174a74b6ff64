import type { JsonFormat } from '../../render/formats/format.ts';
import type { SetupBlock } from '../destination.ts';

interface Options {
  readonly format: JsonFormat;
  readonly data_stream?: string;
  readonly index?: string;
}

/** Where each format keeps what authentik wrote as it was: keys of any name, with values of any type. */
const looseFields = {
  ecs: ['authentik.context'],
  herald: ['context', 'diff', 'http.args'],
  authentik: ['context'],
  ocsf: ['unmapped', 'evidences.data'],
} as const;

/** What the cluster needs: a life cycle, a template whose mapping takes any event, and a key that may do no more than write. */
export function setup({ format, data_stream, index }: Options): readonly SetupBlock[] {
  const target = index ?? data_stream ?? 'logs-authentik.event-default';
  const pattern = index ?? target.replace(/-[^-]*$/, '-*');
  const name = 'authentik-herald';
  const stream = index === undefined;
  return [
    request('Elasticsearch: life cycle', `PUT _ilm/policy/${name}`, lifeCycle),
    request('Elasticsearch: index template', `PUT _index_template/${name}`, {
      index_patterns: [pattern],
      ...(stream && { data_stream: {} }),
      // Above the built-in templates for logs-*-*.
      priority: 300,
      ...(format === 'ecs' && { composed_of: ['ecs@mappings'], ignore_missing_component_templates: ['ecs@mappings'] }),
      template: {
        settings: { 'index.lifecycle.name': name, 'index.mapping.total_fields.ignore_dynamic_beyond_limit': true },
        mappings: mappings(format, 'flattened'),
      },
    }),
    request('Elasticsearch: API key', 'POST _security/api_key', {
      name,
      role_descriptors: {
        writer: { cluster: [], index: [{ names: [pattern], privileges: ['create_doc', 'auto_configure'] }] },
      },
    }),
    request('OpenSearch: index template', `PUT _index_template/${name}`, {
      index_patterns: [pattern],
      ...(stream && { data_stream: {} }),
      priority: 300,
      template: { mappings: mappings(format, 'flat_object') },
    }),
    request('OpenSearch: role', `PUT _plugins/_security/api/roles/${name}`, {
      cluster_permissions: ['indices:data/write/bulk'],
      index_permissions: [
        {
          index_patterns: [pattern],
          allowed_actions: ['create_index', 'indices:data/write/bulk*', 'indices:data/write/index'],
        },
      ],
    }),
  ];
}

const lifeCycle = {
  policy: {
    phases: {
      hot: { actions: { rollover: { max_age: '7d', max_primary_shard_size: '10gb' } } },
      warm: { min_age: '30d', actions: { forcemerge: { max_num_segments: 1 } } },
      delete: { min_age: '365d', actions: { delete: {} } },
    },
  },
};

function mappings(format: JsonFormat, loose: 'flattened' | 'flat_object'): object {
  return {
    dynamic_templates: [
      { texts: { match_mapping_type: 'string', mapping: { type: 'keyword', ignore_above: 1024 } } },
      // Numbers for users, UUIDs for most other objects.
      { keys: { match: 'pk', match_mapping_type: 'long', mapping: { type: 'keyword' } } },
    ],
    properties: nested([
      ['@timestamp', { type: 'date' }],
      ...looseFields[format].map((path) => [path, { type: loose }] as const),
    ]),
  };
}

/** `a.b` as `a: {properties: {b}}`. */
function nested(fields: readonly (readonly [path: string, mapping: object])[]): object {
  return Object.fromEntries(
    fields.map(([path, mapping]) => {
      const [first = '', ...rest] = path.split('.');
      return [first, rest.length === 0 ? mapping : { properties: nested([[rest.join('.'), mapping]]) }];
    }),
  );
}

function request(title: string, line: string, body: object): SetupBlock {
  return { title, language: 'text', text: `${line}\n${JSON.stringify(body, null, 2)}` };
}
