import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { OperationalError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { startServer, type RunningServer } from '../../src/server/server.ts';
import { waitFor } from '../support/source.ts';

const metrics = createMetrics({
  queues: () => new Map([['chat', { made: 9, delivered: 4, pending: 3, dead: 1, shed: 1, oldestAt: 4000 }]]),
  journalBytes: () => 4096,
  nowMs: () => 10_000,
});
let ready = true;
let server: RunningServer;
let base = '';

before(async () => {
  server = await startServer(
    { host: '127.0.0.1', port: 0, token: undefined },
    {
      ready: () => ({ ok: ready, details: { troubles: {} } }),
      metrics: async () => ({ text: await metrics.render(), contentType: metrics.contentType }),
    },
  );
  base = `http://127.0.0.1:${server.port}`;
});

after(() => server.close());

/** Over a connection of its own: one that is kept open may be closed by the server in the moment in which it is used again. */
function ask(path: string, { method = 'GET', headers = {} } = {}, at = base): Promise<Response> {
  return fetch(`${at}${path}`, { method, headers: { ...headers, connection: 'close' } });
}

test('/livez answers as long as the process does', async () => {
  const reply = await ask('/livez');
  assert.equal(reply.status, 200);
});

test('connections that ask nothing keep no probe out', async () => {
  const idle = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      return socket.on('data', () => undefined);
    }),
  );
  for (const socket of idle) socket.write('GET /livez HTTP/1.1\r\nHost: ');
  assert.equal((await ask('/livez')).status, 200);
  await waitFor(() => idle.filter((socket) => socket.closed).length >= 36, 'the oldest connections to be closed');
  for (const socket of idle) socket.destroy();
});

test('/readyz is 200 or 503, with the reasons as JSON', async () => {
  assert.equal((await ask('/readyz')).status, 200);
  ready = false;
  const reply = await ask('/readyz');
  assert.equal(reply.status, 503);
  assert.deepEqual(await reply.json(), { ready: false, troubles: {} });
});

test('/metrics has what was counted and what is read at the scrape', async () => {
  metrics.lines('server', 'access', 7);
  metrics.deliveries('chat', 'retry', 'throttled', 2);
  metrics.deliveryLatency('chat', 0.02);
  await ask('/metrics');
  const text = await (await ask('/metrics')).text();
  for (const line of [
    'herald_lines_total{source="server",family="access"} 7',
    'herald_deliveries_made_total{destination="chat"} 9',
    'herald_deliveries_total{destination="chat",outcome="retry",reason="throttled"} 2',
    'herald_delivery_queue{destination="chat"} 3',
    'herald_delivery_oldest_seconds{destination="chat"} 6',
    'herald_dead_letters{destination="chat"} 1',
    'herald_journal_bytes 4096',
    'herald_config_last_reload_successful 1',
  ]) {
    assert.ok(text.includes(line), line);
  }
});

test('anything else is refused', async () => {
  assert.equal((await ask('/nowhere')).status, 404);
  assert.equal((await ask('/livez', { method: 'POST' })).status, 405);
});

test('with a token, only who has it sees more than whether herald lives and is ready', async (context) => {
  const details = { destinations: { chat: {} } };
  const guarded = await startServer(
    { host: '127.0.0.1', port: 0, token: new Secret('correct hörse') },
    {
      ready: () => ({ ok: false, details }),
      metrics: () => Promise.resolve({ text: 'some', contentType: 'text/plain' }),
    },
  );
  context.after(() => guarded.close());
  const get = (path: string, authorization?: string): Promise<Response> =>
    ask(path, { headers: authorization === undefined ? {} : { authorization } }, `http://127.0.0.1:${guarded.port}`);
  const token = Buffer.from('correct hörse').toString('latin1');
  for (const authorization of [`Bearer ${token}`, `bearer  ${token}`]) {
    assert.equal(await (await get('/metrics', authorization)).text(), 'some');
    assert.deepEqual(await (await get('/readyz', authorization)).json(), { ready: false, ...details });
  }
  for (const authorization of [
    undefined,
    '',
    'Bearer',
    'Bearer correct h',
    `Bearer ${token}s`,
    `Basic ${token}`,
    token,
  ]) {
    const metrics = await get('/metrics', authorization);
    assert.equal(metrics.status, 401, authorization);
    assert.equal(metrics.headers.get('www-authenticate'), 'Bearer');
    assert.doesNotMatch(await metrics.text(), /some/);
    const readiness = await get(`/readyz?token=${encodeURIComponent('correct hörse')}`, authorization);
    assert.equal(readiness.status, 503);
    assert.doesNotMatch(await readiness.text(), /chat/);
    assert.equal((await get('/livez', authorization)).status, 200);
  }
});

test('a port in use is said as what it is', async () => {
  await assert.rejects(
    startServer(
      { host: '127.0.0.1', port: server.port, token: undefined },
      { ready: () => ({ ok: true, details: {} }), metrics: () => Promise.reject(new Error('unused')) },
    ),
    (error) =>
      error instanceof OperationalError && error.code === 'listen' && error.message.includes(String(server.port)),
  );
});
