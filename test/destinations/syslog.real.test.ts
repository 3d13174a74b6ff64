import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { load } from '../../src/config/value.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { messageItem, type MessageOptions } from '../../src/destinations/syslog/message.ts';
import { writeItem } from '../../src/destinations/item.ts';
import { syslog } from '../../src/destinations/syslog/syslog.ts';
import type { Leased } from '../../src/journal/journal.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { freePort } from '../support/free-port.ts';
import { leased } from '../support/leased.ts';
import { makeCertificates, type Certificates } from '../support/receivers/certificates.ts';
import { createDestination, type Written } from '../support/receivers/destination.ts';
import { waitUntil } from '../support/source.ts';
import type { SyslogDaemon } from '../support/syslog/daemon.ts';
import { checkRsyslog, rsyslogMissing, startRsyslog } from '../support/syslog/rsyslog.ts';
import { checkSyslogNg, startSyslogNg, syslogNgMissing } from '../support/syslog/syslog-ng.ts';

const { signal } = new AbortController();
const context = { instance: 'herald-0', authentikUrl: 'https://auth.example.com' };
const count = 10_000;

let certificates: Certificates;
before(() => {
  certificates = makeCertificates();
});
after(() => rmSync(certificates.directory, { recursive: true }));

/** Text with everything that ends, parts or hides something somewhere. */
const words = [
  'Ünïcödé josé 王小明 ليلى 🔑👩‍💻',
  'one\ntwo\r\nthree\u2028four\u0085five',
  '10 <13>1 - - - - - - forged\n12 <13>',
  '|\\=^"]}\' ][x@1 a="b"] %msg% $MSG ${MSG}',
  '\ufeff\u202e\u0000\u001b[2J\t\ud800',
  'x'.repeat(1200),
  '  blanks  around  ',
];

function delivery(seq: number): Leased {
  const base = leased(seq);
  const text = `${words[seq % words.length] ?? ''} ${seq}`;
  const json = JSON.stringify({
    ...base.event,
    user: { username: text.slice(0, 150), pk: seq },
    context: { username: text.slice(0, 150), reason: text, http_request: { path: `/${text}`, args: { q: text } } },
  });
  return { ...base, event: fromStored(json), bytes: Buffer.from(json), rule: text.slice(0, 40) };
}

const deliveries = Array.from({ length: count }, (_, at) => delivery(at + 1));

const known = new Map<string, readonly string[]>();

/** The messages as they are meant to arrive, made once. */
function expected(format: MessageOptions['format'], structuredData: boolean): readonly string[] {
  const name = `${format} ${structuredData}`;
  const messages = known.get(name) ?? made(format, structuredData);
  known.set(name, messages);
  return messages;
}

function made(format: MessageOptions['format'], structuredData: boolean): readonly string[] {
  const options = {
    format,
    structuredData,
    bom: true,
    framing: 'datagram',
    facility: 'authpriv',
    appName: 'authentik',
    hostname: undefined,
  } as const;
  return deliveries.map((one) => writeItem(messageItem(one, options, context)).toString());
}

function create(options: Written): Destination {
  const { ca, client } = certificates;
  const tls = { ca, cert: client.cert, key: new Secret(client.key) };
  return createDestination(
    syslog,
    { host: '127.0.0.1', ...options },
    { common: { timeoutMs: 20_000, tls, proxy: undefined } },
  );
}

async function sendAll(destination: Destination, size = 1000): Promise<void> {
  for (let at = 0; at < count; at += size) {
    assert.deepEqual(await destination.send(deliveries.slice(at, at + size), signal), { status: 'delivered' });
  }
  await destination.close();
}

/** Compared one by one: a difference of two lists of megabytes is no message. */
function assertSame(actual: readonly string[], wanted: readonly string[]): void {
  for (const [at, line] of wanted.entries()) assert.equal(actual[at], line, `message ${at + 1}`);
  assert.equal(actual.length, wanted.length);
}

/** The files that the configuration names must be there for it to be checked. */
function withCertificates(text: string): string {
  assert.notEqual(text, '');
  return text.replaceAll(/\/etc\/[\w-]+(?:\.d)?\/tls/g, certificates.directory);
}

describe('rsyslog over TLS', { skip: rsyslogMissing() }, () => {
  let daemon: SyslogDaemon;
  let port: number;
  before(async () => {
    port = await freePort();
    daemon = await startRsyslog(port, certificates);
  });
  after(() => daemon.close());

  test('10,000 JSON messages arrive as they were sent, in order', async () => {
    await sendAll(create({ port }));
    assertSame(await daemon.lines('raw', count), expected('herald', true));
    const [first = ''] = await daemon.lines('parsed', count);
    const [priority, time, host, app, process, id, data, text] = first.split('¦');
    assert.deepEqual(
      [priority, time, host, app, process, id],
      ['84', '2026-01-15T09:00:00.001Z', 'herald-0', 'authentik', '-', 'login_failed'],
    );
    assert.match(
      data ?? '',
      /^\[authentik@32473 key="[^"]+" .*\]\[origin software="authentik-herald" swVersion="0\.1\.0"\]$/,
    );
    assert.equal((JSON.parse(text ?? '') as { key: string }).key, deliveries[0]?.key);
  });

  test('and 10,000 in CEF, with a byte order mark where they are not ASCII', async () => {
    await sendAll(create({ port, format: 'cef' }));
    const lines = await daemon.lines('raw', 2 * count);
    assertSame(lines.slice(count), expected('cef', false));
  });

  test('what setup prints is a configuration', () => {
    for (const transport of ['tls', 'tcp', 'udp']) {
      const config = load(syslog.schema, { host: 'h', transport });
      const block = syslog.setup?.(config).find(({ title }) => title === 'rsyslog');
      checkRsyslog(withCertificates(block?.text ?? ''));
    }
  });

  test('a receiver that is restarted loses nothing', async () => {
    const destination = create({ port, format: 'cef' });
    const before = (await daemon.lines('raw', 2 * count)).length;
    const many = 4000;
    for (let at = 0; at < many; at += 200) {
      const restart = at === 800 || at === 2400 ? daemon.stop().then(() => daemon.start()) : undefined;
      const batch = deliveries.slice(at, at + 200);
      await waitUntil(
        async () => (await destination.send(batch, signal)).status === 'delivered',
        () => `the batch at ${at} to be delivered`,
      );
      await restart;
    }
    await destination.close();
    const wanted = new Set(expected('cef', false).slice(0, many));
    await waitUntil(
      async () => {
        for (const line of (await daemon.lines('raw', before + many)).slice(before)) wanted.delete(line);
        return wanted.size === 0;
      },
      () => `${wanted.size} messages`,
    );
  });
});

describe('syslog-ng', { skip: syslogNgMissing() }, () => {
  let daemon: SyslogDaemon;
  let ports: { readonly tls: number; readonly tcp: number; readonly udp: number };
  before(async () => {
    ports = { tls: await freePort(), tcp: await freePort(), udp: await freePort() };
    daemon = await startSyslogNg(ports, certificates);
  });
  after(() => daemon.close());

  test('10,000 messages over TLS arrive as they were sent, in order', async () => {
    await sendAll(create({ port: ports.tls, max_size: '64KiB' }));
    assertSame(await daemon.lines('raw', count), expected('herald', true));
    const [first = ''] = await daemon.lines('parsed', count);
    const [priority, time, host, app, process, id, data, text] = first.split('¦');
    assert.deepEqual(
      [priority, time, host, app, process, id],
      ['84', '2026-01-15T09:00:00.001+00:00', 'herald-0', 'authentik', '', 'login_failed'],
    );
    assert.match(data ?? '', /^\[authentik@32473 key="[^"]+" /);
    assert.equal((JSON.parse(text ?? '') as { key: string }).key, deliveries[0]?.key);
  });

  test('10,000 messages in LEEF over TCP', async () => {
    await sendAll(create({ port: ports.tcp, transport: 'tcp', format: 'leef', max_size: '64KiB' }));
    const lines = await daemon.lines('raw', 2 * count);
    assertSame(lines.slice(count), expected('leef', false));
  });

  test('what setup prints is a configuration', () => {
    for (const transport of ['tls', 'tcp', 'udp']) {
      const config = load(syslog.schema, { host: 'h', transport });
      const block = syslog.setup?.(config).find(({ title }) => title === 'syslog-ng');
      checkSyslogNg(withCertificates(block?.text ?? ''));
    }
  });

  test('datagrams arrive whole', async () => {
    const destination = create({ port: ports.udp, transport: 'udp', max_size: '60KiB' });
    for (let at = 0; at < 20; at += 5) {
      assert.deepEqual(await destination.send(deliveries.slice(at, at + 5), signal), { status: 'delivered' });
      // The kernel drops what a receiver that waits for the processor has no room for.
      await daemon.lines('raw', 2 * count + at + 5);
    }
    await destination.close();
    const lines = await daemon.lines('raw', 2 * count + 20);
    assertSame(lines.slice(2 * count), expected('herald', true).slice(0, 20));
  });
});
