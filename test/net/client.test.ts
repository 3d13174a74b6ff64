import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import { createHttpClient, type HttpClientOptions } from '../../src/net/client.ts';
import type { HttpClient, HttpFailure, HttpReply, HttpRequestOptions } from '../../src/net/http.ts';
import { listen } from '../support/receivers/listen.ts';
import { makeCertificates, type Certificates } from '../support/receivers/certificates.ts';
import {
  answer,
  garbage,
  hang,
  huge,
  neverEnding,
  reset,
  resetInBody,
  startHttpReceiver,
  type HttpReceiver,
} from '../support/receivers/http.ts';

const defaults: HttpClientOptions = { timeoutMs: 20_000, tls: {}, proxy: undefined };

let receiver: HttpReceiver;
let client: HttpClient;

beforeEach(async () => {
  receiver = await startHttpReceiver();
  client = createHttpClient(defaults, systemClock);
});

afterEach(async () => {
  await client.close();
  await receiver.close();
});

function send(url: string, over: Partial<HttpRequestOptions> = {}, through = client): Promise<HttpReply | HttpFailure> {
  const signal = new AbortController().signal;
  return through.request({ method: 'POST', url, headers: {}, body: 'hello', signal, ...over });
}

function replyOf(outcome: HttpReply | HttpFailure): HttpReply {
  assert.equal(outcome.kind, 'reply', JSON.stringify(outcome));
  return outcome;
}

function failureOf(outcome: HttpReply | HttpFailure): HttpFailure {
  assert.equal(outcome.kind, 'failure', JSON.stringify(outcome));
  return outcome;
}

describe('an answer', () => {
  test('comes whole, with lower-case header names', async () => {
    receiver.script(answer(201, 'mäde', { 'X-Upper-Case': 'Value' }));
    const reply = replyOf(await send(`${receiver.url}/a/b?c=d`, { method: 'PUT', headers: { 'x-own': '1' } }));
    assert.equal(reply.status, 201);
    assert.equal(reply.body, 'mäde');
    assert.equal(reply.headers['x-upper-case'], 'Value');
    const [request] = receiver.requests;
    assert.equal(request?.method, 'PUT');
    assert.equal(request.path, '/a/b?c=d');
    assert.equal(request.headers['x-own'], '1');
    assert.match(request.headers['user-agent'] ?? '', /^authentik-herald\/\d/);
    assert.equal(request.body.toString(), 'hello');
  });

  test('uses one connection for many requests', async () => {
    for (let i = 0; i < 5; i += 1) replyOf(await send(receiver.url));
    assert.equal(receiver.accepted(), 1);
  });

  test('that redirects is an answer like any other', async () => {
    receiver.script(answer(302, '', { location: `${receiver.url}/elsewhere` }));
    assert.equal(replyOf(await send(receiver.url)).status, 302);
    assert.equal(receiver.requests.length, 1);
  });

  test('is read as far as the client was told', async () => {
    receiver.script(answer(200, 'x'.repeat(100_000)));
    const reader = createHttpClient({ ...defaults, bodyBytesMax: 90_000 }, systemClock);
    assert.equal(replyOf(await send(receiver.url, {}, reader)).body.length, 90_000);
    await reader.close();
  });

  test('is cut at 64 KiB and its connection closed, not drained', async () => {
    receiver.script(huge(500, 1024 ** 3));
    const reply = replyOf(await send(receiver.url));
    assert.equal(reply.body.length, 64 * 1024);
    await receiver.idle();
  });

  test('of the service does not give back what was in the address or the headers', async () => {
    const secret = 'T0123/B4567/abcdefghijkl';
    receiver.script(answer(404, `Cannot POST /services/${secret}?key=0123456789 with Bearer sesame-sesame, ${secret}`));
    const headers = { authorization: 'Bearer sesame-sesame', 'content-type': 'text/plain' };
    const reply = replyOf(await send(`${receiver.url}/services/${secret}?key=0123456789`, { headers }));
    for (const part of [secret, 'abcdefghijkl', '0123456789', 'sesame']) {
      assert.ok(!reply.body.includes(part), `${part} is in ${reply.body}`);
    }
    assert.match(reply.body, /^Cannot POST \*\*\*/);
  });

  test('is asked for with the credentials of the address', async () => {
    await send(receiver.url.replace('http://', 'http://user:p%40ss@'));
    assert.equal(receiver.requests[0]?.headers['authorization'], `Basic ${btoa('user:p@ss')}`);
  });
});

describe('no answer', () => {
  test('refused', async () => {
    const gone = await startHttpReceiver();
    await gone.close();
    assert.deepEqual(failureOf(await send(gone.url)), { kind: 'failure', reason: 'refused', detail: 'ECONNREFUSED' });
  });

  test('a name that does not exist', async () => {
    assert.equal(failureOf(await send('http://herald.invalid/')).reason, 'dns');
  });

  test('reset before and in the middle of the answer', async () => {
    receiver.script(reset, resetInBody);
    assert.equal(failureOf(await send(receiver.url)).reason, 'reset');
    assert.equal(failureOf(await send(receiver.url)).reason, 'reset');
  });

  test('garbage', async () => {
    receiver.script(garbage);
    assert.equal(failureOf(await send(receiver.url)).reason, 'protocol');
  });

  test('a header that cannot be sent is a failure, not an exception', async () => {
    assert.equal(failureOf(await send(receiver.url, { headers: { 'x-bad': 'a\r\nb: c' } })).reason, 'protocol');
    assert.equal(receiver.requests.length, 0);
  });

  for (const [name, script] of [
    ['silence', hang],
    ['an answer that never ends', neverEnding],
  ] as const) {
    test(`in time: ${name}`, async () => {
      receiver.script(script);
      const hasty = createHttpClient({ ...defaults, timeoutMs: 150 }, systemClock);
      assert.equal(failureOf(await send(receiver.url, {}, hasty)).reason, 'timeout');
      await receiver.idle();
      await hasty.close();
    });
  }
});

describe('aborting', () => {
  for (const [name, script] of [
    ['while the answer is awaited', hang],
    ['in the middle of the answer', neverEnding],
  ] as const) {
    test(`ends the request and its connection ${name}`, async () => {
      receiver.script(script);
      const abort = new AbortController();
      const sending = send(receiver.url, { signal: abort.signal });
      await receiver.received(1);
      abort.abort();
      assert.equal(failureOf(await sending).detail, 'aborted');
      await receiver.idle();
    });
  }

  test('ends a connection attempt that nobody answers, and closing its socket', { timeout: 60_000 }, async () => {
    // undici takes an abort only once the connection stands, and the handshake never comes to its end here.
    const deaf = await startDeafServer();
    const abort = new AbortController();
    const sending = send(`https://127.0.0.1:${deaf.port}`, { signal: abort.signal });
    await deaf.accepted;
    abort.abort();
    assert.equal(failureOf(await sending).detail, 'aborted');
    await client.close();
    await deaf.close();
  });

  test('before the start opens nothing', async () => {
    assert.equal(failureOf(await send(receiver.url, { signal: AbortSignal.abort() })).detail, 'aborted');
    assert.equal(receiver.accepted(), 0);
  });

  test('is listened for only while a request is under way', async () => {
    const { signal } = new AbortController();
    receiver.script(answer(200), answer(500), resetInBody, huge(200, 1024 ** 2), answer(200));
    for (let i = 0; i < 5; i += 1) await send(receiver.url, { signal });
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});

describe('closing', () => {
  test('leaves no connection open', async () => {
    await send(receiver.url);
    assert.equal(receiver.connections(), 1);
    await client.close();
    await receiver.idle();
  });

  test('of an unused client does nothing', async () => {
    await createHttpClient(defaults, systemClock).close();
  });
});

describe('TLS', () => {
  let certificates: Certificates;
  let secure: HttpReceiver;

  before(() => {
    certificates = makeCertificates();
  });
  after(() => {
    rmSync(certificates.directory, { recursive: true });
  });
  beforeEach(async () => {
    secure = await startHttpReceiver({ ...certificates.server, clientCa: certificates.ca });
  });
  afterEach(async () => {
    await secure.close();
  });

  async function sendWith(tls: HttpClientOptions['tls']): Promise<HttpReply | HttpFailure> {
    const own = createHttpClient({ ...defaults, tls }, systemClock);
    const outcome = await send(secure.url, {}, own);
    await own.close();
    return outcome;
  }

  const identity = (): { cert: string; key: Secret } => ({
    cert: certificates.client.cert,
    key: new Secret(certificates.client.key),
  });

  test('an unknown authority is a failure of its own kind', async () => {
    assert.equal(failureOf(await sendWith(identity())).reason, 'tls');
    assert.equal(secure.requests.length, 0);
  });

  test('the right authority and a client certificate are accepted', async () => {
    assert.equal(replyOf(await sendWith({ ca: certificates.ca, ...identity() })).status, 200);
  });

  test('the server may be trusted blindly', async () => {
    assert.equal(replyOf(await sendWith({ insecure: true, ...identity() })).status, 200);
  });

  test('a server that demands a certificate refuses us without one', async () => {
    // TLS 1.3 tells it only after the handshake, and Node's server by closing.
    assert.equal(failureOf(await sendWith({ ca: certificates.ca })).reason, 'reset');
    assert.equal(secure.requests.length, 0);
  });

  test('a key that is none is a failure, not an exception', async () => {
    const outcome = await sendWith({ ca: certificates.ca, cert: 'nonsense', key: new Secret('nonsense') });
    assert.equal(failureOf(outcome).reason, 'tls');
  });

  test('plain HTTP where TLS is expected is a failure', async () => {
    const outcome = failureOf(await send(receiver.url.replace('http:', 'https:')));
    assert.equal(outcome.reason, 'tls');
  });
});

interface DeafServer {
  readonly port: number;
  readonly accepted: Promise<unknown>;
  /** Resolves when the client has closed its connections. */
  close(): Promise<void>;
}

/** Accepts and says nothing: a TLS handshake or an answer never comes. */
async function startDeafServer(): Promise<DeafServer> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
  });
  const accepted = once(server, 'connection');
  return {
    port: await listen(server),
    accepted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
