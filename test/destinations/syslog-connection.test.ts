import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { Socket as Stream } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { eventText } from '../../src/destinations/format.ts';
import { leased } from '../support/leased.ts';
import { makeCertificates, type Certificates } from '../support/receivers/certificates.ts';
import { waitFor } from '../support/source.ts';
import type { SyslogReceiver } from '../support/receivers/syslog.ts';
import { context, direct, signal, syslogs, withEvent } from './syslogs.ts';

const { create, receive } = syslogs();

describe('a connection', () => {
  let receiver: SyslogReceiver;
  let destination: Destination;
  const ends: Stream[] = [];
  const onSocket = (message: unknown): void => void ends.push((message as { readonly socket: Stream }).socket);
  beforeEach(async () => {
    receiver = await receive();
    destination = create({ port: receiver.port, transport: 'tcp', structured_data: true });
    subscribe('net.client.socket', onSocket);
  });
  afterEach(() => {
    unsubscribe('net.client.socket', onSocket);
    ends.length = 0;
  });

  /** The connection is over, and both ends know it. */
  async function broken(how: 'end' | 'reset'): Promise<void> {
    receiver.disconnect(how);
    await receiver.idle();
    await waitFor(() => ends.every(({ closed }) => closed), 'the end at the client');
  }

  const keys = (): readonly string[] =>
    receiver.messages.map((text) => String(Number.parseInt(/key="(\w+)\./.exec(text)?.[1] ?? '', 16)));

  async function send(seq: number): Promise<SendResult> {
    return destination.send([leased(seq)], signal);
  }

  test('that broke is made anew, and what it may have lost is sent again', async () => {
    await send(1);
    await send(2);
    await receiver.received(2);
    await broken('reset');
    assert.deepEqual(await send(3), { status: 'delivered' });
    await receiver.received(5);
    assert.deepEqual(keys(), ['1', '2', '1', '2', '3']);
    await send(4);
    await receiver.received(6);
    assert.equal(keys().at(-1), '4');
  });

  test('that broke after a large batch sends the end of it again', async () => {
    const rule = 'x'.repeat(500);
    const batch = Array.from({ length: 2000 }, (_, at) => ({ ...leased(at + 1), rule }));
    assert.deepEqual(await destination.send(batch, signal), { status: 'delivered' });
    await receiver.received(2000);
    await broken('reset');
    assert.deepEqual(await send(2001), { status: 'delivered' });
    await waitFor(() => keys().at(-1) === '2001', 'the last message');
    const [first = '', ...again] = keys().slice(2000);
    assert.ok(Number(first) > 1 && Number(first) <= 1500, first);
    assert.deepEqual(
      [first, ...again],
      Array.from({ length: 2002 - Number(first) }, (_, at) => String(Number(first) + at)),
    );
  });

  test('takes a batch in pieces: in order, and what is refused in any of them is told by its place', async () => {
    const hopeless = (seq: number): Delivery => ({
      ...leased(seq),
      event: {
        ...leased(seq).event,
        context: Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`k${at}`, ['x'.repeat(60)]])),
      },
      rule: 'x'.repeat(2000),
    });
    const small = create({ port: receiver.port, transport: 'tcp', max_size: '1KiB', structured_data: true });
    const bad = new Set([3, 251, 252, 700]);
    const batch = Array.from({ length: 700 }, (_, at) => (bad.has(at + 1) ? hopeless(at + 1) : leased(at + 1)));
    const result = await small.send(batch, signal);
    assert.ok(result.status === 'partial', JSON.stringify(result));
    assert.deepEqual(
      result.items.map(({ status }) => status),
      batch.map((_, at) => (bad.has(at + 1) ? 'rejected' : 'delivered')),
    );
    await receiver.received(696);
    assert.deepEqual(
      keys(),
      batch.flatMap((_, at) => (bad.has(at + 1) ? [] : String(at + 1))),
    );
    const refused = await small.send([hopeless(1)], signal);
    assert.ok(refused.status === 'partial' && refused.items[0]?.status === 'rejected', JSON.stringify(refused));
  });

  test('is not blamed for an event that cannot be written', async () => {
    const broken = Array.from({ length: 300 }, (_, at) => leased(at + 1)).with(299, {
      ...leased(300),
      get event(): never {
        throw new RangeError('a bug');
      },
    });
    await assert.rejects(destination.send(broken, signal), /a bug/);
  });

  test('that the receiver closed in order is made anew, and nothing is sent twice', async () => {
    await send(1);
    await receiver.received(1);
    await broken('end');
    assert.deepEqual(await send(2), { status: 'delivered' });
    await receiver.received(2);
    assert.deepEqual(keys(), ['1', '2']);
  });

  test('whose kernel took a batch that nobody read has not delivered it', async () => {
    receiver.script('reset');
    const lost = await send(1);
    assert.ok(lost.status === 'retry' && lost.reason === 'reset', JSON.stringify(lost));
    receiver.script('read');
    assert.deepEqual(await send(1), { status: 'delivered' });
    await receiver.received(1);
    assert.deepEqual(keys(), ['1']);
  });

  test('to a receiver that does not read holds a batch up until it is aborted', async () => {
    receiver.script('ignore');
    const text = 'x'.repeat(7000);
    const batch = Array.from({ length: 4000 }, (_, at) => ({ ...leased(at + 1), rule: `${text}${at}` }));
    const abort = new AbortController();
    const sending = destination.send(batch, abort.signal);
    await receiver.reached();
    abort.abort();
    assert.equal((await sending).status, 'retry');
    await receiver.idle();
  });

  test('is not given up for an attempt that never began', async () => {
    await send(1);
    assert.equal((await destination.send([leased(2)], AbortSignal.abort())).status, 'retry');
    await send(2);
    await receiver.received(2);
    assert.deepEqual(keys(), ['1', '2']);
    assert.equal(receiver.accepted(), 1);
  });

  test('takes the words of a receiver that talks for nothing', async () => {
    receiver.script('talk');
    assert.deepEqual(await send(1), { status: 'delivered' });
    assert.deepEqual(await send(2), { status: 'delivered' });
    assert.equal(receiver.accepted(), 1);
  });
});

describe('tls', () => {
  let certificates: Certificates;
  before(() => {
    certificates = makeCertificates();
  });
  after(() => rmSync(certificates.directory, { recursive: true }));

  test('with certificates on both sides', async () => {
    const { ca, client, server } = certificates;
    const receiver = await receive({ ...server, clientCa: ca });
    const destination = create(
      { port: receiver.port },
      { ...direct, tls: { ca, cert: client.cert, key: new Secret(client.key) } },
    );
    for (let i = 1; i <= 3; i += 1)
      assert.deepEqual(await destination.send([leased(i)], signal), { status: 'delivered' });
    await receiver.received(3);
    assert.equal(receiver.accepted(), 1);
  });

  test('an authority that is not trusted, a certificate that is missing', async () => {
    const { ca, server } = certificates;
    const receiver = await receive({ ...server, clientCa: ca });
    for (const tls of [{}, { ca }]) {
      const result = await create({ port: receiver.port }, { ...direct, tls }).send([leased(1)], signal);
      assert.ok(result.status === 'retry' && ['tls', 'reset'].includes(result.reason), JSON.stringify(result));
    }
    assert.deepEqual(receiver.messages, []);
  });

  test('a handshake that is not answered: timeout, or the end of the attempt', async () => {
    const receiver = await receive();
    receiver.script('swallow');
    const destination = create({ port: receiver.port }, { ...direct, timeoutMs: 200 });
    const late = await destination.send([leased(1)], signal);
    assert.ok(late.status === 'retry' && late.reason === 'timeout', JSON.stringify(late));
    const abort = new AbortController();
    const sending = create({ port: receiver.port }).send([leased(1)], abort.signal);
    await receiver.reached();
    abort.abort();
    assert.equal((await sending).status, 'retry');
    await receiver.idle();
  });
});

describe('udp', () => {
  let socket: Socket;
  const datagrams: string[] = [];
  beforeEach(async () => {
    datagrams.length = 0;
    socket = createSocket('udp4');
    socket.on('message', (message) => datagrams.push(message.toString()));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  });
  afterEach(() => {
    socket.close();
  });

  test('a datagram a message, none larger than allowed', async () => {
    const destination = create({ port: socket.address().port, transport: 'udp' });
    const long = withEvent({ context: { body: 'x'.repeat(100_000) } });
    assert.deepEqual(await destination.send([leased(1), long], signal), { status: 'delivered' });
    await waitFor(() => datagrams.length === 2, 'the datagrams');
    assert.ok(datagrams.every((text) => text.startsWith('<84>1 ') && Buffer.byteLength(text) <= 2048));
    assert.equal(datagrams[0]?.endsWith(eventText('herald', leased(1), context)), true);
  });

  test('nobody there: refused, and heard when somebody is', async () => {
    const { port } = socket.address();
    socket.close();
    const destination = create({ port, transport: 'udp' });
    const refused = await destination.send([leased(1)], signal);
    assert.ok(refused.status === 'retry' && refused.reason === 'refused', JSON.stringify(refused));
    socket = createSocket('udp4');
    socket.on('message', (message) => datagrams.push(message.toString()));
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    assert.deepEqual(await destination.send([leased(2)], signal), { status: 'delivered' });
    await waitFor(() => datagrams.length === 1, 'the datagram');
  });
});
