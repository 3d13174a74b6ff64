import assert from 'node:assert/strict';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { createHttpClient } from '../../src/net/client.ts';
import type { HttpFailure } from '../../src/net/http.ts';
import { isLinkLocal } from '../../src/net/link-local.ts';
import { createSmtpClient } from '../../src/net/smtp.ts';
import { createSyslogClient } from '../../src/net/syslog.ts';
import { startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { startSmtpReceiver } from '../support/receivers/smtp.ts';

test('what is link-local, and what is not', () => {
  for (const [host, expected] of [
    ['169.254.169.254', true],
    ['169.254.0.1', true],
    ['[::ffff:a9fe:a9fe]', true],
    ['::ffff:169.254.169.254', true],
    ['fe80::1', true],
    ['[febf::1]', true],
    ['fe80::1%eth0', true],
    ['fd00:ec2::254', true],
    ['fd20:ce::254', true],
    ['64:ff9b::a9fe:a9fe', true],
    ['100.100.100.200', true],
    ['192.0.0.192', true],
    ['168.63.129.16', true],
    ['[fd00:ec2::23]', true],
    ['fd00:c1::a9fe:a9fe', true],
    ['fd00:42::42', true],
    ['fd00:a9fe:a9fe::1', true],
    ['fd00:100::100:200', true],
    ['[2002:a9fe:a9fe::1]', true],
    ['2002:a83f:8110::', true],
    ['64:ff9b::169.254.169.254', true],
    ['64:ff9b::6464:64c8', true],
    ['64:ff9b:1::a9fe:a9fe', true],
    ['64:ff9b:1:a9fe:a9:fe00::', true],
    ['64:ff9b:1:aa:fe:a9fe::', false],
    ['64:ff9b:1:a9:fe:a9fe::', true],
    ['64:ff9b:1:ff:a9:fea9:fe00:0', true],
    ['::169.254.169.254', true],
    ['::ffff:0:a9fe:a9fe', true],
    ['::ffff:0:169.254.0.1', true],
    ['::ffff:100.100.100.200', true],
    ['FD00:EC2:0::254', true],
    ['2002:7f00:1::a9fe:a9fe', false],
    ['64:ff9b::8.8.8.8', false],
    ['64:ff9b:1::8.8.8.8', false],
    ['::ffff:0:8.8.8.8', false],
    ['::ffff:10.0.0.1', false],
    ['2001:db8::a9fe:a9fe', false],
    ['168.63.129.17', false],
    ['169.253.255.255', false],
    ['169.255.0.0', false],
    ['127.0.0.1', false],
    ['10.0.0.1', false],
    ['::1', false],
    ['fec0::1', false],
    ['fd00:ec2::253', false],
    ['2001:db8::1', false],
    ['metadata.google.internal', false],
    ['', false],
  ] as const) {
    assert.equal(isLinkLocal(host), expected, host);
  }
});

type Reply = (error: null, address: string | dns.LookupAddress[], family?: number) => void;
type Answers = { readonly [name: string]: readonly string[] };

/** A name service that an attacker has: it says one thing the first time and another later. */
function resolving(names: Answers): void {
  const asked = new Map<string, number>();
  mock.method(dns, 'lookup', (name: string, options: dns.LookupOptions, reply: Reply) => {
    const answers = names[name] ?? [];
    const at = asked.get(name) ?? 0;
    asked.set(name, at + 1);
    const address = answers[Math.min(at, answers.length - 1)] ?? '192.0.2.1';
    const family = address.includes(':') ? 6 : 4;
    if (options.all === true) reply(null, [{ address, family }]);
    else reply(null, address, family);
  });
  syncBuiltinESMExports();
}

const refusal: HttpFailure = {
  kind: 'failure',
  reason: 'refused',
  detail: 'a link-local address, where clouds keep credentials: see allow_link_local',
};
const { signal } = new AbortController();
/** A refusal takes no time, but this process may have to wait for the processor. */
const patientMs = 60_000;
/** Whether there is somebody at the address is not asked. */
const hastyMs = 400;

describe('a link-local address is refused', () => {
  let receiver: HttpReceiver;

  beforeEach(async () => {
    receiver = await startHttpReceiver();
  });
  afterEach(async () => {
    mock.restoreAll();
    syncBuiltinESMExports();
    await receiver.close();
  });

  async function get(url: string, more: { allowLinkLocal?: boolean; proxy?: string } = {}): Promise<string> {
    const timeoutMs = more.allowLinkLocal === true ? hastyMs : patientMs;
    const client = createHttpClient({ timeoutMs, tls: {}, proxy: undefined, ...more }, systemClock);
    const outcome = await client.request({ method: 'POST', url, headers: {}, body: 'x', signal });
    await client.close();
    return outcome.kind === 'reply' ? 'reply' : outcome.detail;
  }

  for (const url of [
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
  ]) {
    test(`written as ${url}`, async () => assert.equal(await get(url), refusal.detail));
  }

  test('behind a name, over http and https', async () => {
    resolving({ 'metadata.example': ['169.254.169.254'], 'six.example': ['fd00:ec2::254'] });
    for (const url of ['http://metadata.example/', 'https://metadata.example/', 'https://six.example/'])
      assert.equal(await get(url), refusal.detail, url);
  });

  test('behind a name that stood for something else before', async () => {
    resolving({ 'rebinding.example': ['127.0.0.1', '169.254.169.254'] });
    const url = `http://rebinding.example:${receiver.port}/`;
    assert.equal(await get(url), 'reply');
    assert.equal(await get(url), refusal.detail);
    assert.equal(receiver.requests.length, 1);
  });

  test('as a proxy, and behind one', async () => {
    resolving({ 'proxy.example': ['169.254.169.254'] });
    for (const proxy of ['http://169.254.1.1:3128', 'http://proxy.example:3128'])
      assert.match(await get('http://192.0.2.1/', { proxy }), /link-local/);
    assert.equal(await get('http://169.254.169.254/', { proxy: receiver.url }), refusal.detail);
    assert.equal(receiver.requests.length, 0);
  });

  test('unless it is allowed', async () => {
    resolving({ 'metadata.example': ['169.254.169.254'] });
    for (const url of ['http://169.254.169.254:1/', 'http://metadata.example:1/'])
      assert.notEqual(await get(url, { allowLinkLocal: true }), refusal.detail);
  });

  test('by mail', async () => {
    resolving({ 'mail.example': ['169.254.169.254'] });
    const to = { from: 'a@b.example', to: ['c@d.example'], message: Buffer.from('x') };
    for (const [host, allowLinkLocal] of [
      ['mail.example', false],
      ['169.254.169.254', false],
      ['169.254.169.254', true],
    ] as const) {
      const timeoutMs = allowLinkLocal ? hastyMs : patientMs;
      const options = { host, port: 25, encryption: 'none', login: undefined, timeoutMs, tls: {} } as const;
      const client = createSmtpClient({ ...options, allowLinkLocal }, systemClock);
      const outcome = await client.send(to, signal);
      if (allowLinkLocal) assert.notDeepEqual(outcome, refusal);
      else assert.deepEqual(outcome, refusal, host);
      await client.close();
    }
  });

  test('by syslog', async () => {
    resolving({ 'syslog.example': ['169.254.169.254'] });
    for (const transport of ['udp', 'tcp', 'tls'] as const) {
      for (const host of ['syslog.example', '169.254.169.254']) {
        // Over UDP the name is looked up by another function of Node, which takes a number for an address as well.
        const name = transport === 'udp' && host === 'syslog.example' ? '2852039166' : host;
        const options = { host: name, port: 514, transport, timeoutMs: patientMs, tls: {} };
        const client = createSyslogClient(options, systemClock);
        assert.deepEqual(await client.send([Buffer.from('x')], signal), refusal, `${transport} ${name}`);
        await client.close();
      }
    }
  });
});

test('a mail server is reached by its name', async () => {
  const server = await startSmtpReceiver();
  const options = { port: server.port, encryption: 'none', login: undefined, timeoutMs: patientMs, tls: {} } as const;
  const client = createSmtpClient({ host: 'localhost', ...options }, systemClock);
  const outcome = await client.send({ from: 'a@b.example', to: ['c@d.example'], message: Buffer.from('x') }, signal);
  assert.equal(outcome.kind, 'accepted', JSON.stringify(outcome));
  await client.close();
  await server.close();
});
