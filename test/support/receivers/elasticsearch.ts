import { asText, isObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { bodyText, strictJson } from './body.ts';
import type { ReceivedRequest, Reply, StandIn } from './http.ts';

/** What the cluster says to an item that it does not write. */
export interface ItemError {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

export interface ElasticsearchOptions {
  readonly authorization: string | undefined;
  /** The target that exists as a data stream; any other is a plain index. */
  readonly dataStream?: string;
  /** Refuses a document before it is written. */
  readonly refuse?: (document: JsonObject, id: string) => ItemError | undefined;
}

export interface Elasticsearch {
  readonly standIn: StandIn;
  /** What was written, by id. */
  readonly documents: ReadonlyMap<string, JsonObject>;
}

const parameters = new Set(['filter_path', 'pipeline']);

/** The bulk interface, after "Bulk API", "Set up a data stream" and "Common options" (`filter_path`). */
export function createElasticsearch(options: ElasticsearchOptions): Elasticsearch {
  const documents = new Map<string, JsonObject>();
  return {
    documents,
    standIn(request) {
      const { pathname, searchParams } = new URL(request.path, 'http://elastic');
      const unknown = [...searchParams.keys()].find((key) => !parameters.has(key));
      if (unknown !== undefined)
        return error(400, 'illegal_argument_exception', `unrecognized parameter: [${unknown}]`);
      if (request.headers['authorization'] !== options.authorization) {
        return error(401, 'security_exception', 'unable to authenticate');
      }
      const target = /^\/([^/]+)\/_bulk$/.exec(pathname)?.[1];
      if (request.method !== 'POST' || target === undefined)
        return error(405, 'illegal_argument_exception', 'no handler');
      if (request.headers['content-type'] !== 'application/x-ndjson') {
        return error(406, 'media_type_header_exception', 'Invalid media-type value on headers [Content-Type]');
      }
      return bulk(request, decodeURIComponent(target), searchParams.get('filter_path'));
    },
  };

  function bulk(request: ReceivedRequest, target: string, filter: string | null): Reply {
    const text = bodyText(request);
    if (text === undefined || !text.endsWith('\n')) {
      return error(400, 'illegal_argument_exception', 'The bulk request must be terminated by a newline [\\n]');
    }
    const lines = text.split('\n').slice(0, -1);
    const items: Json[] = [];
    for (let at = 0; at < lines.length; at += 2) {
      const action: unknown = JSON.parse(lines[at] ?? '');
      const [operation = '', meta] = isObject(action) ? (Object.entries(action)[0] ?? []) : [];
      if (!isObject(meta)) return error(400, 'illegal_argument_exception', 'Malformed action/metadata line');
      items.push({ [operation]: write(operation, asText(meta['_id']) ?? '', strictJson(lines[at + 1] ?? ''), target) });
    }
    const errors = items.some((item) => JSON.stringify(item).includes('"error"'));
    const whole = { errors, took: 3, items };
    return { status: 200, body: JSON.stringify(filter === null ? whole : filtered(whole)) };
  }

  function write(operation: string, id: string, document: unknown, target: string): JsonObject {
    const fail = ({ status, type, reason }: ItemError): JsonObject => ({
      _index: target,
      _id: id,
      status,
      error: { type, reason },
    });
    if (target === options.dataStream && operation !== 'create') {
      const reason = 'only write ops with an op_type of create are allowed in data streams';
      return fail({ status: 400, type: 'illegal_argument_exception', reason });
    }
    if (!isObject(document))
      return fail({ status: 400, type: 'document_parsing_exception', reason: 'failed to parse' });
    if (target === options.dataStream && Number.isNaN(Date.parse(asText(document['@timestamp']) ?? ''))) {
      return fail({
        status: 400,
        type: 'document_parsing_exception',
        reason: 'data stream timestamp field [@timestamp] is missing',
      });
    }
    if (documents.has(id)) {
      return fail({
        status: 409,
        type: 'version_conflict_engine_exception',
        reason: 'version conflict, document already exists',
      });
    }
    const refused = options.refuse?.(document, id);
    if (refused !== undefined) return fail(refused);
    documents.set(id, document);
    return { _index: target, _id: id, _version: 1, result: 'created', status: 201 };
  }
}

/** Of an item only its status and its error's type and reason are left. */
function filtered({ errors, items }: { readonly errors: boolean; readonly items: readonly Json[] }): Json {
  const rest = items.map((item) =>
    Object.fromEntries(
      Object.entries(isObject(item) ? item : {}).map(([operation, result]) => {
        const { status, error: why } = isObject(result) ? result : {};
        return [operation, { status, ...(why !== undefined && { error: why }) }];
      }),
    ),
  );
  const json: Json = JSON.parse(JSON.stringify({ errors, items: rest }));
  return json;
}

function error(status: number, type: string, reason: string): Reply {
  return { status, body: JSON.stringify({ error: { type, reason }, status }) };
}
