import { hash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { destinations } from '../../src/destinations/index.ts';
import { labelled } from '../redact/labelled.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { eventLine } from '../support/lines.ts';
import { plant } from '../support/planted.ts';
import { makeCertificates } from '../support/receivers/certificates.ts';
import { startHttpReceiver, type Answer, type HttpReceiver } from '../support/receivers/http.ts';

/** A secret, and where it stands. */
export type Secrets = ReadonlyMap<string, string>;

export interface Scene {
  readonly folder: string;
  readonly receiver: HttpReceiver;
  /** Of the configuration. */
  readonly own: Secrets;
  readonly names: readonly string[];
  readonly token: string;
}

export const corpus = join(import.meta.dirname, '..', 'fixtures', 'corpus');
const secretLengthMin = 8;

/** What was planted into events: into the corpus, and into labelled texts under a key that says nothing. */
export const inEvents: Secrets = new Map([
  ...readFileSync(join(corpus, 'secrets.txt'), 'utf8')
    .split('\n')
    .filter((line) => line.length >= secretLengthMin && !line.startsWith('#'))
    .map((secret) => [secret, 'the corpus'] as const),
  ...labelled('secrets.txt', 1)
    .filter(({ contextOnly }) => !contextOnly)
    .flatMap(({ line, secrets }) => secrets.map((secret) => [secret, `secrets.txt:${line}`] as const))
    .filter(([secret]) => secret.length >= secretLengthMin),
]);
const labelledLines = labelled('secrets.txt', 1)
  .filter(({ contextOnly }) => !contextOnly)
  .map(({ text }, at) => eventLine(at, 'custom', { message: text }));
export const eventCount = 170 + labelledLines.length;

/** A folder with a configuration that has a secret in every field that may hold one, and a log with secrets. In a journal that is not `encrypted` they would be found. */
export async function scene(context: TestContext, encrypted = true): Promise<Scene> {
  const folder = temporaryFolder(context);
  const receiver = await startHttpReceiver();
  context.after(() => receiver.close());
  const certificates = makeCertificates();
  context.after(() => rmSync(certificates.directory, { recursive: true }));
  const planted = destinations.flatMap((kind) => plant(kind, receiver.url));
  const token = 'planted-server-token-5f1e0c';
  const proxyPassword = 'planted-proxy-password-77b1';
  const own = new Map(planted.map(({ secret, name, path }) => [secret, `${name}.${path.join('.')}`]));
  own.set(token, 'server.token');
  own.set(proxyPassword, 'proxy');
  own.set(certificates.client.key.split('\n')[1] ?? '', 'tls.key');
  const keys = ['journal', 'earlier', 'new', 'old'].map((name) => hash('sha256', `planted ${name} key`));
  const [journalKey = '', earlierKey = '', newKey, oldKey] = keys;
  own.set(journalKey, 'journal.encryption.key');
  own.set(earlierKey, 'journal.encryption.previous');
  own.set(newKey ?? '', 'redact.pseudonymize.key');
  own.set(oldKey ?? '', 'redact.pseudonymize.previous');
  const { cert, key } = certificates.client;
  const entries = {
    ...Object.fromEntries(planted.map(({ name, entry }) => [name, { ...entry, timeout: '2s', retry: { base: '1s' } }])),
    all: { type: 'webhook', url: `${receiver.url}/all`, encoding: 'ndjson', batch: { items: 1000, wait: '10ms' } },
    proxied: {
      type: 'webhook',
      url: `${receiver.url}/p`,
      proxy: `http://u:${proxyPassword}@127.0.0.1:${receiver.port}`,
    },
    certified: { type: 'webhook', url: 'https://127.0.0.1:9/', tls: { cert, key } },
  };
  const config = {
    sources: [{ type: 'file', paths: [join(folder, 'app.log')], start_at: 'beginning' }],
    redact: {
      pseudonymize: { fields: ['user.email'], key: newKey, previous: [{ key: oldKey, until: '2100-01-01T00:00:00Z' }] },
    },
    journal: {
      path: join(folder, 'journal'),
      encryption: { ...(encrypted && { key: journalKey }), previous: [earlierKey] },
    },
    rules: [{ name: 'all', policies: [{ action: '*' }], destinations: Object.keys(entries) }],
    destinations: entries,
    server: { listen: '127.0.0.1:0', token },
    log: { level: 'trace' },
  };
  writeFileSync(join(folder, 'config.yaml'), stringify(config));
  writeFileSync(
    join(folder, 'app.log'),
    `${readFileSync(join(corpus, 'lines.log'), 'utf8')}${labelledLines.join('\n')}\n`,
  );
  return { folder, receiver, own, names: Object.keys(entries), token };
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Ways to write what was sent into an answer. */
export const ways: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify({ error: { message: text } }).replaceAll('/', String.raw`\/`),
  (text) => text.replaceAll(/[&<>"'/+=]/g, (char) => `&#${char.charCodeAt(0)};`),
  (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  (text) => encodeURIComponent(text).replaceAll(/%../g, (escape) => escape.toLowerCase()),
  (text) => base64(text),
  (text) => encodeURIComponent(JSON.stringify(text)),
];

/** Fails and gives back what it was sent, as error pages do: all of it, or a single header, in which the detail is not cut off before the secret. */
export const echo: Answer = (response, _socket, { method, path, headers, body }) => {
  const basic = Buffer.from(/^basic (.*)/i.exec(headers.authorization ?? '')?.[1] ?? '', 'base64').toString('utf8');
  const whole = `Cannot ${method} ${path}: ${JSON.stringify(headers)} ${body.toString('utf8')}`;
  const telling = Object.entries(headers).filter(([name]) => /^(?:auth|x-|dd-|.*key|.*token)/.test(name));
  const said = [whole, path, decodeURIComponent(path), basic, ...telling.map(([, value]) => value ?? '')];
  const way = ways[echoes % ways.length] ?? ways[0];
  const text = said[Math.floor(echoes / ways.length) % said.length] ?? whole;
  echoes += 1;
  response.writeHead(400).end(way?.(text));
};
let echoes = 0;
