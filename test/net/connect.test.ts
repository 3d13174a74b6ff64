import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createHttpClient } from '../../src/net/client.ts';
import type { HttpFailure } from '../../src/net/http.ts';
import { createSmtpClient } from '../../src/net/smtp.ts';
import { createSyslogClient } from '../../src/net/syslog.ts';
import { FakeClock } from '../support/clock.ts';

/** Listens and never takes a connection: its queue is full, so the kernel lets those who come later wait. */
const listener = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const server = createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;
const queued = 16;

describe('nobody takes the connection: it is given up long before the attempt', { timeout: 120_000 }, () => {
  let worker: Worker;
  const waiting: ReturnType<typeof connect>[] = [];
  let port = 0;

  before(async () => {
    worker = new Worker(listener, { eval: true });
    [port = 0] = (await once(worker, 'message')) as [number];
    for (let i = 0; i < queued; i += 1) waiting.push(connect({ host: '127.0.0.1', port }).on('error', () => undefined));
    // The first of them is in the queue: those after it were sent before ours is.
    await once(waiting[0] ?? worker, 'connect');
  });
  after(async () => {
    for (const socket of waiting) socket.destroy();
    await worker.terminate();
  });

  // The attempt's own time is that of a clock that stands still.
  const clock = new FakeClock();
  const limits = { timeoutMs: 60_000, tls: {}, connectMsMax: 200 };
  const { signal } = new AbortController();

  async function assertGivenUp(attempt: Promise<{ readonly kind: string }>, detail: string): Promise<void> {
    const failure: HttpFailure = { kind: 'failure', reason: 'timeout', detail };
    assert.deepEqual(await attempt, failure);
  }

  for (const [scheme, proxied] of [
    ['http', false],
    ['https', false],
    ['http', true],
  ] as const) {
    test(`over ${scheme}${proxied ? ' through a proxy' : ''}`, async () => {
      const proxy = proxied ? `http://127.0.0.1:${port}` : undefined;
      const client = createHttpClient({ ...limits, proxy }, clock);
      const url = proxied ? 'http://192.0.2.1/' : `${scheme}://127.0.0.1:${port}/`;
      const request = { method: 'POST', url, headers: {}, body: 'x', signal } as const;
      await assertGivenUp(client.request(request), 'UND_ERR_CONNECT_TIMEOUT');
      await client.close();
    });
  }

  test('by mail', async () => {
    const client = createSmtpClient(
      { ...limits, host: '127.0.0.1', port, encryption: 'none', login: undefined },
      clock,
    );
    const mail = { from: 'a@b.example', to: ['c@d.example'], message: Buffer.from('x') };
    await assertGivenUp(client.send(mail, signal), 'ETIMEDOUT');
    await client.close();
  });

  for (const transport of ['tcp', 'tls'] as const) {
    test(`by syslog over ${transport}`, async () => {
      const client = createSyslogClient({ ...limits, host: '127.0.0.1', port, transport }, clock);
      await assertGivenUp(client.send([Buffer.from('x')], signal), 'ETIMEDOUT');
      await client.close();
    });
  }
});
