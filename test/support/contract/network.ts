import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test, type TestContext } from 'node:test';
import { load } from '../../../src/config/value.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { CommonOptions, Destination, DestinationKind } from '../../../src/destinations/destination.ts';
import { leased } from '../leased.ts';
import { makeCertificates, type Certificates } from '../receivers/certificates.ts';
import { createDestination } from '../receivers/destination.ts';
import { startProxy } from '../receivers/proxy.ts';
import { isRemote, speaksHttp, startHttpService, startService, type Service } from '../receivers/service.ts';

const timeoutMs = 20_000;
const direct: CommonOptions = { timeoutMs, tls: {}, proxy: undefined };

// The same for all kinds: openssl takes a third of a second.
let certificates: Certificates;
before(() => {
  certificates = makeCertificates();
});
after(() => rmSync(certificates.directory, { recursive: true }));

/** How a destination uses the network: one connection, the proxy, certificates. */
export function network(kind: DestinationKind): void {
  if (!isRemote(kind)) return;

  test('connections are kept and used again, no more than its policy has batches in flight', async (t) => {
    const service = await startService(kind);
    assert.ok(service !== undefined);
    const destination = open(t, service, direct);
    const { concurrency = 1 } = kind.policy(load(kind.schema, service.options));
    for (let i = 1; i <= 2 * concurrency + 1; i += 1) {
      assert.deepEqual(await send(destination, i), { status: 'delivered' });
    }
    assert.ok(service.accepted() <= concurrency);
  });

  if (!speaksHttp(kind)) return;
  test('it goes through a proxy that wants a password', async (t) => {
    const service = await startHttpService(kind);
    const proxy = await startProxy('ada:lovelace-s3cret');
    t.after(() => proxy.close());
    const through = { ...direct, proxy: `http://ada:lovelace-s3cret@127.0.0.1:${proxy.port}` };
    assert.deepEqual(await send(open(t, service, through), 1), { status: 'delivered' });
    assert.ok(proxy.asked.length > 0);
  });

  test('it shows a certificate to those who want one, and trusts only the authority that it was given', async (t) => {
    const service = await startHttpService(kind, { ...certificates.server, clientCa: certificates.ca });
    const { ca, client } = certificates;
    const mutual = { ca, cert: client.cert, key: new Secret(client.key) };
    assert.deepEqual(await send(open(t, service, { ...direct, tls: mutual }), 1), { status: 'delivered' });
    const distrusting = await send(open(t, service, { ...direct, tls: { ...mutual, ca: client.cert } }), 2);
    assert.ok(distrusting.status === 'retry' && distrusting.reason === 'tls', JSON.stringify(distrusting));
    const anonymous = await send(open(t, service, { ...direct, tls: { ca } }), 3);
    assert.ok(anonymous.status === 'retry' && ['tls', 'reset'].includes(anonymous.reason), JSON.stringify(anonymous));
  });

  /** Closed after the test, the service after its destinations. */
  function open(t: TestContext, service: Service, common: CommonOptions): Destination {
    const destination = createDestination(kind, service.options, { common });
    t.after(async () => {
      await destination.close();
      await service.close();
    });
    return destination;
  }
}

function send(destination: Destination, seq: number): ReturnType<Destination['send']> {
  return destination.send([leased(seq)], new AbortController().signal);
}
