import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { createHttpClient } from '../../src/net/client.ts';
import type { HttpFailure, HttpReply } from '../../src/net/http.ts';
import { makeCertificates, type Certificates } from '../support/receivers/certificates.ts';
import { startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { startProxy, type ProxyReceiver } from '../support/receivers/proxy.ts';

describe('a proxy', () => {
  let certificates: Certificates;
  let proxy: ProxyReceiver;
  let plain: HttpReceiver;
  let secure: HttpReceiver;

  before(() => {
    certificates = makeCertificates();
  });
  after(() => {
    rmSync(certificates.directory, { recursive: true });
  });
  beforeEach(async () => {
    proxy = await startProxy('user:p@ss word');
    plain = await startHttpReceiver();
    secure = await startHttpReceiver(certificates.server);
  });
  afterEach(async () => {
    await proxy.close();
    await plain.close();
    await secure.close();
  });

  async function sendThrough(credentials: string, url: string): Promise<HttpReply | HttpFailure> {
    const proxyUrl = `http://${credentials}@127.0.0.1:${proxy.port}`;
    const client = createHttpClient({ timeoutMs: 20_000, tls: { ca: certificates.ca }, proxy: proxyUrl }, systemClock);
    const { signal } = new AbortController();
    const outcome = await client.request({ method: 'POST', url: `${url}/x`, headers: {}, body: 'hello', signal });
    await client.close();
    return outcome;
  }

  test('tunnels to an https receiver', async () => {
    const outcome = await sendThrough('user:p%40ss%20word', secure.url);
    assert.equal(outcome.kind, 'reply', JSON.stringify(outcome));
    assert.deepEqual(proxy.asked, [`CONNECT 127.0.0.1:${secure.port}`]);
    assert.equal(secure.requests[0]?.body.toString(), 'hello');
    assert.equal(secure.requests[0].headers['proxy-authorization'], undefined);
  });

  test('forwards to an http receiver', async () => {
    const outcome = await sendThrough('user:p%40ss%20word', plain.url);
    assert.equal(outcome.kind, 'reply', JSON.stringify(outcome));
    assert.deepEqual(proxy.asked, [`POST http://127.0.0.1:${plain.port}/x`]);
    assert.equal(plain.requests[0]?.body.toString(), 'hello');
  });

  test('that refuses us is a failure without credentials in it', async () => {
    for (const url of [secure.url, plain.url]) {
      const outcome = await sendThrough('user:wrong-password', url);
      assert.equal(outcome.kind, 'failure');
      assert.equal(outcome.reason, 'unavailable', JSON.stringify(outcome));
      assert.doesNotMatch(JSON.stringify(outcome), /wrong-password|127\.0\.0\.1/);
    }
    assert.equal(plain.requests.length + secure.requests.length, 0);
  });

  test('that is not there is refused', async () => {
    await proxy.close();
    for (const url of [secure.url, plain.url]) {
      const outcome = await sendThrough('user:x', url);
      assert.equal(outcome.kind === 'failure' && outcome.reason, 'refused', JSON.stringify(outcome));
    }
    proxy = await startProxy('user:x');
  });
});
