import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect, createServer, type TlsOptions } from 'node:tls';
import fc from 'fast-check';
import { systemClock } from '../../src/core/clock.ts';
import { destinations } from '../../src/destinations/index.ts';
import { createHttpClient } from '../../src/net/client.ts';
import { createSmtpClient } from '../../src/net/smtp.ts';
import { createSyslogClient } from '../../src/net/syslog.ts';
import { hostileEvent } from '../support/hostile-events.ts';
import { leased } from '../support/leased.ts';
import { makeCertificates, type Certificates } from '../support/receivers/certificates.ts';
import { createDestination } from '../support/receivers/destination.ts';
import { startHttpReceiver } from '../support/receivers/http.ts';
import { listen } from '../support/receivers/listen.ts';
import { isRemote, startService } from '../support/receivers/service.ts';

const { signal } = new AbortController();

describe('where a request goes', () => {
  /** What every socket of this process connected to while the work was done. */
  async function connections(work: () => Promise<void>): Promise<ReadonlySet<string>> {
    const seen = new Set<string>();
    const onSocket = (message: unknown): void => {
      const { socket } = message as { readonly socket: Socket };
      socket.on('lookup', (_error, _address, _family, host: string) => seen.add(`lookup of ${host}`));
      socket.on('connectionAttempt', (ip: string, port: number) => seen.add(`${ip}:${port}`));
    };
    subscribe('net.client.socket', onSocket);
    try {
      await work();
    } finally {
      unsubscribe('net.client.socket', onSocket);
    }
    return seen;
  }

  const events = fc.sample(hostileEvent, { seed: 7, numRuns: 40 });
  const lure = ['https://lure.example/x', 'lure.example', '//lure.example', '169.254.169.254', 'a@lure.example'];
  for (const kind of destinations.filter(isRemote)) {
    test(`${kind.type}: to its own address, whatever is in the events`, async () => {
      const service = await startService(kind);
      assert.ok(service !== undefined);
      const destination = createDestination(kind, service.options);
      const seen = await connections(async () => {
        for (const [at, event] of events.entries()) {
          const text = lure[at % lure.length] ?? '';
          const context = { ...event.context, host: text, url: text, webhook_url: text, hyperlink: text, server: text };
          const lured = { ...event, context, domain_url: text, user: { ...event.user, username: text, email: text } };
          await destination.send([{ ...leased(at), event: lured }], signal);
        }
      });
      await destination.close();
      await service.close();
      const own = new Set(
        [...Object.values(service.options)].flatMap((value) => /127\.0\.0\.1:(\d+)/.exec(String(value))?.[0] ?? []),
      );
      const port = service.options['port'];
      if (typeof port === 'number') own.add(`127.0.0.1:${port}`);
      assert.ok(seen.size > 0, 'nothing was sent');
      assert.deepEqual(seen, own);
    });
  }
});

describe('TLS', () => {
  let certificates: Certificates;
  before(() => {
    certificates = makeCertificates();
  });
  after(() => {
    rmSync(certificates.directory, { recursive: true });
  });

  const old = (): TlsOptions => ({
    ...certificates.server,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
  });

  test('older than 1.2 is refused by every client', async () => {
    const web = createHttpsServer(old(), (_, response) => void response.end('ok'));
    const lines = createServer(old(), (socket) => void socket.on('error', () => undefined).resume());
    const [webPort, linesPort] = [await listen(web), await listen(lines)];
    // The servers do speak to those who want it.
    const willing = connect({
      port: webPort,
      host: '127.0.0.1',
      ca: certificates.ca,
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    await once(willing, 'secureConnect');
    assert.equal(willing.getProtocol(), 'TLSv1.1');
    willing.destroy();
    const tls = { ca: certificates.ca };
    const base = { host: '127.0.0.1', port: linesPort, timeoutMs: 60_000, tls };
    const http = createHttpClient({ timeoutMs: 60_000, tls, proxy: undefined }, systemClock);
    const smtp = createSmtpClient({ ...base, encryption: 'implicit', login: undefined }, systemClock);
    const syslog = createSyslogClient({ ...base, transport: 'tls' }, systemClock);
    const outcomes = [
      await http.request({ method: 'POST', url: `https://127.0.0.1:${webPort}/`, headers: {}, body: 'x', signal }),
      await smtp.send({ from: 'a@b.example', to: ['c@d.example'], message: Buffer.from('x') }, signal),
      await syslog.send([Buffer.from('x')], signal),
    ];
    for (const outcome of outcomes)
      assert.equal(outcome.kind === 'failure' && outcome.reason, 'tls', JSON.stringify(outcome));
    for (const client of [http, smtp, syslog]) await client.close();
    for (const server of [web, lines]) {
      server.close();
      await once(server, 'close');
    }
  });

  test('a certificate of nobody we know is refused by every client', async () => {
    const web = await startHttpReceiver(certificates.server);
    const lines = createServer(certificates.server, (socket) => void socket.on('error', () => undefined).resume());
    const base = { host: '127.0.0.1', port: await listen(lines), timeoutMs: 60_000, tls: {} };
    const http = createHttpClient({ timeoutMs: 60_000, tls: {}, proxy: undefined }, systemClock);
    const smtp = createSmtpClient({ ...base, encryption: 'implicit', login: undefined }, systemClock);
    const syslog = createSyslogClient({ ...base, transport: 'tls' }, systemClock);
    const outcomes = [
      await http.request({ method: 'POST', url: web.url, headers: {}, body: 'x', signal }),
      await smtp.send({ from: 'a@b.example', to: ['c@d.example'], message: Buffer.from('x') }, signal),
      await syslog.send([Buffer.from('x')], signal),
    ];
    for (const outcome of outcomes)
      assert.equal(outcome.kind === 'failure' && outcome.reason, 'tls', JSON.stringify(outcome));
    assert.equal(web.requests.length, 0);
    for (const client of [http, smtp, syslog]) await client.close();
    await web.close();
    lines.close();
    await once(lines, 'close');
  });
});
