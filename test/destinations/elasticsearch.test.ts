import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { elasticsearch } from '../../src/destinations/elasticsearch/elasticsearch.ts';
import { leased } from '../support/leased.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import {
  createElasticsearch,
  type Elasticsearch,
  type ElasticsearchOptions,
} from '../support/receivers/elasticsearch.ts';
import { answer, played, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';

const dataStream = 'logs-authentik.event-default';
const { signal } = new AbortController();
let receiver: HttpReceiver;
let cluster: Elasticsearch;
let destination: Destination | undefined;

beforeEach(async () => {
  receiver = await startHttpReceiver();
  use({});
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await receiver.close();
});

function use(options: Partial<ElasticsearchOptions>): void {
  cluster = createElasticsearch({ authorization: undefined, dataStream, ...options });
  receiver.script(played(cluster.standIn));
}

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  destination ??= createDestination(elasticsearch, { url: receiver.url, ...options });
  return destination.send(batch, signal);
}

describe('a document', () => {
  test('has the key of its delivery as its id and the time of its event', async () => {
    assert.deepEqual(await send({}, leased(1), leased(2)), { status: 'delivered' });
    assert.deepEqual([...cluster.documents.keys()], [leased(1).key, leased(2).key]);
    assert.equal(cluster.documents.get(leased(1).key)?.['@timestamp'], '2026-01-15T09:00:00.001Z');
    assert.equal(receiver.requests[0]?.headers['content-encoding'], 'gzip');
  });

  test('of another format gets its time too', async () => {
    for (const format of ['herald', 'authentik', 'ocsf']) {
      use({});
      assert.deepEqual(await send({ format }, leased(1)), { status: 'delivered' });
      const document = cluster.documents.get(leased(1).key);
      assert.equal(document?.['@timestamp'], '2026-01-15T09:00:00.001Z');
      assert.ok(Object.keys(document).length > 5);
      await destination?.close();
      destination = undefined;
    }
  });

  test('that came twice is one', async () => {
    await send({}, leased(1));
    assert.deepEqual(await send({}, leased(1), leased(2)), { status: 'delivered' });
    assert.equal(cluster.documents.size, 2);
  });
});

describe('items are judged one by one:', () => {
  const errorOf = new Map([
    [leased(2).key, { status: 400, type: 'document_parsing_exception', reason: 'failed to parse field [user.id]' }],
    [leased(3).key, { status: 429, type: 'es_rejected_execution_exception', reason: 'rejected execution' }],
    [leased(4).key, { status: 503, type: 'unavailable_shards_exception', reason: 'primary shard is not active' }],
  ]);

  test('the wrong one is given up, the busy ones are sent again, the others are there', async () => {
    use({ refuse: (_document, id) => errorOf.get(id) });
    const result = await send({}, leased(1), leased(2), leased(3), leased(4), leased(5));
    assert.deepEqual(result, {
      status: 'partial',
      items: [
        { status: 'delivered' },
        {
          status: 'rejected',
          reason: 'invalid',
          detail: 'item 400: document_parsing_exception: failed to parse field [user.id]',
        },
        {
          status: 'retry',
          reason: 'throttled',
          detail: 'item 429: es_rejected_execution_exception: rejected execution',
        },
        {
          status: 'retry',
          reason: 'unavailable',
          detail: 'item 503: unavailable_shards_exception: primary shard is not active',
        },
        { status: 'delivered' },
      ],
    });
  });

  test('when all are forbidden, all are held', async () => {
    use({ refuse: () => ({ status: 403, type: 'security_exception', reason: 'is unauthorized' }) });
    const result = await send({}, leased(1), leased(2));
    assert.ok(result.status === 'retry' && result.reason === 'unauthorized' && result.afterMs === 120_000);
  });

  test('when their number is another one, nothing is believed', async () => {
    receiver.script(answer(200, '{"errors":true,"items":[{"create":{"status":201}}]}'));
    const result = await send({}, leased(1), leased(2));
    assert.ok(result.status === 'retry' && result.reason === 'protocol');
  });

  test('also when the answer is long', async () => {
    const batch = Array.from({ length: 2000 }, (_, at) => leased(at + 1));
    use({ refuse: () => ({ status: 400, type: 'document_parsing_exception', reason: 'x'.repeat(200) }) });
    const result = await send({}, ...batch);
    assert.ok(result.status === 'partial' && result.items.every(({ status }) => status === 'rejected'));
  });
});

describe('credentials:', () => {
  for (const [what, options, authorization] of [
    ['an encoded API key', { api_key: 'aWQ6a2V5' }, 'ApiKey aWQ6a2V5'],
    ['an API key as id and key', { api_key: 'id:key' }, 'ApiKey aWQ6a2V5'],
    ['user and password', { username: 'herald', password: 'pass:wörd' }, 'Basic aGVyYWxkOnBhc3M6d8O2cmQ='],
    ['a token', { bearer_token: 'abc' }, 'Bearer abc'],
    ['a header of a gateway', { headers: { Authorization: 'Custom x' } }, 'Custom x'],
  ] as const) {
    test(what, async () => {
      use({ authorization });
      assert.deepEqual(await send(options, leased(1)), { status: 'delivered' });
    });
  }

  test('wrong ones are held', async () => {
    use({ authorization: 'ApiKey other' });
    const result = await send({ api_key: 'aWQ6a2V5' }, leased(1));
    assert.ok(result.status === 'retry' && result.reason === 'unauthorized');
    assert.match(result.detail ?? '', /unable to authenticate/);
  });
});

test('an index, a pipeline and a path in front are part of the address', async () => {
  await send({ url: `${receiver.url}/es/`, index: 'authentik', pipeline: 'geo ip' }, leased(1));
  assert.match(receiver.requests[0]?.path ?? '', /^\/es\/authentik\/_bulk\?pipeline=geo\+ip&filter_path=errors/);
});

test('options that cannot be are refused', () => {
  const url = 'https://elastic.example.com';
  assert.deepEqual(problemsOf(elasticsearch, { url, index: 'a', data_stream: 'b', username: 'u', api_key: 'k' }), [
    'username: `api_key` is given too: one of them',
    'username: `password` is missing',
    'index: `data_stream` is given too: one of them',
  ]);
  assert.deepEqual(
    problemsOf(elasticsearch, { url: `${url}?x=1`, password: 'p', api_key: 'k', headers: { authorization: 'x' } }),
    ['url: must end before the `?`', 'password: `username` is missing', 'headers.authorization: set by herald itself'],
  );
});
