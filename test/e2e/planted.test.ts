import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { stringify } from 'yaml';
import { destinations } from '../../src/destinations/index.ts';
import { heraldAlongside } from '../cli/herald.ts';
import { standingHerald, type Finished } from '../cli/standing.ts';
import { labelled } from '../redact/labelled.ts';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { eventLine } from '../support/lines.ts';
import { plant } from '../support/planted.ts';
import { page } from '../support/scenario.ts';
import { makeCertificates } from '../support/receivers/certificates.ts';
import { answer, startHttpReceiver, type Answer, type HttpReceiver } from '../support/receivers/http.ts';
import { createSearch } from '../support/search.ts';
import { waitFor } from '../support/source.ts';

/** A secret, and where it stands. */
type Secrets = ReadonlyMap<string, string>;

interface Scene {
  readonly folder: string;
  readonly receiver: HttpReceiver;
  /** Of the configuration. */
  readonly own: Secrets;
  readonly names: readonly string[];
  readonly token: string;
}

const corpus = join(import.meta.dirname, '..', 'fixtures', 'corpus');
const secretLengthMin = 8;

/** What was planted into events: into the corpus, and into labelled texts under a key that says nothing. */
const inEvents: Secrets = new Map([
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
const eventCount = 170 + labelledLines.length;

/** A folder with a configuration that has a secret in every field that may hold one, and a log with secrets. In a journal that is not `encrypted` they would be found. */
async function scene(context: TestContext, encrypted = true): Promise<Scene> {
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

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Ways to write what was sent into an answer. */
const ways: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify({ error: { message: text } }).replaceAll('/', String.raw`\/`),
  (text) => text.replaceAll(/[&<>"'/+=]/g, (char) => `&#${char.charCodeAt(0)};`),
  (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  (text) => encodeURIComponent(text).replaceAll(/%../g, (escape) => escape.toLowerCase()),
  (text) => base64(text),
  (text) => encodeURIComponent(JSON.stringify(text)),
];

/** Fails and gives back what it was sent, as error pages do: all of it, or a single header, in which the detail is not cut off before the secret. */
const echo: Answer = (response, _socket, { method, path, headers, body }) => {
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

/** The text as it is and with the escapes of URLs, JSON and HTML taken off, up to three times. */
function readings(text: string): readonly string[] {
  const all = [text];
  for (let at = 0; at < 3; at += 1) {
    const last = all.at(-1) ?? '';
    const next = last
      .replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll(/\\(?:u([\da-f]{4})|(["\\/]))/gi, (_, hex?: string, char?: string) =>
        hex === undefined ? (char ?? '') : String.fromCharCode(parseInt(hex, 16)),
      )
      .replaceAll(/&(?:#(\d+)|(amp|quot|lt|gt));/g, (_, code?: string, name?: string) =>
        code === undefined
          ? ({ amp: '&', quot: '"', lt: '<', gt: '>' }[name ?? ''] ?? '')
          : String.fromCharCode(Number(code)),
      );
    if (next === last) break;
    all.push(next);
  }
  return all;
}

/** What a secret looks like in Base64, wherever in the encoded text it begins. */
function inBase64(secret: string): readonly string[] {
  return [0, 1, 2].map((before) => base64('x'.repeat(before) + secret).slice(before === 0 ? 0 : 4, -4));
}

/** The secrets that stand in one of the texts: herald's own also in Base64, which services make of what they were sent. */
function found(texts: readonly string[], secrets: Secrets): readonly string[] {
  const forms = (secret: string): readonly string[] =>
    secrets === inEvents ? [secret] : [secret, ...inBase64(secret)];
  const told = new Map(
    [...secrets].flatMap(([secret, where]) => forms(secret).map((form) => [form, `${where}: ${secret}`] as const)),
  );
  const search = createSearch(told.keys());
  return [...new Set(texts.flatMap((text) => [...search(text)].map((form) => told.get(form) ?? form)))];
}

function journalBytes(folder: string): string {
  return readdirSync(join(folder, 'journal'))
    .map((name) => readFileSync(join(folder, 'journal', name), 'latin1'))
    .join('\n');
}

function assertNothing(said: ReadonlyMap<string, string>, secrets: readonly Secrets[]): void {
  for (const [what, text] of said) {
    const texts = readings(text);
    for (const set of secrets) assert.deepEqual(found(texts, set), [], what);
  }
}

/** Commands say something, and nothing of the secrets. */
async function assertSilent(
  folder: string,
  commands: readonly (readonly string[])[],
  secrets: readonly Secrets[],
): Promise<readonly Finished[]> {
  const finished = await Promise.all(commands.map((args) => standingHerald(folder, ['--debug', ...args])));
  for (const [at, { stdout, stderr }] of finished.entries()) {
    const args = commands[at]?.join(' ') ?? '';
    assert.notEqual(stdout + stderr, '', args);
    assertNothing(new Map([[args, stdout + stderr]]), secrets);
  }
  return finished;
}

describe('no secret leaves by a way that is not its own', () => {
  before(() => {
    const planted = destinations.flatMap((kind) => plant(kind, 'http://127.0.0.1:1'));
    assert.ok(planted.length >= 20, `${planted.length} fields`);
    assert.equal(new Set(planted.map(({ secret }) => secret)).size, planted.length);
    assert.ok(inEvents.size > 250, `${inEvents.size} in events`);
  });

  test('the daemon: delivered, refused with an echo, cut off; log, journal, metrics, readiness, payloads', async (context) => {
    const { folder, receiver, own, token } = await scene(context, false);
    const answers = [answer(200, 'ok'), echo, answer(401, 'who'), echo, answer(503, 'later')];
    const cycle: Answer = (response, socket, request) => {
      const { path } = request;
      const reply = path === '/all' ? answer(200) : (answers[receiver.requests.length % answers.length] ?? echo);
      reply(response, socket, request);
    };
    receiver.script(cycle);
    const daemon = startDaemon(context, folder, ['--debug', 'run']);
    let [counted, events] = [0, 0];
    const arrived = (): number => {
      for (const { path, body } of receiver.requests.slice(counted))
        if (path === '/all') events += body.toString('utf8').trim().split('\n').length;
      counted = receiver.requests.length;
      return events;
    };
    await waitFor(() => arrived() >= eventCount, `${eventCount} events`, 60_000);
    const others = (): number => receiver.requests.filter(({ path }) => path !== '/all').length;
    await waitFor(() => others() >= 20, 'answers to the others', 60_000);
    const port = /"port":(\d+)/.exec(daemon.log())?.[1] ?? '';
    const headers = { authorization: `Bearer ${token}` };
    const pages = await Promise.all(
      ['metrics', 'readyz', 'livez', 'nothing'].flatMap((page) =>
        [headers, undefined].map(async (with_) =>
          (await fetch(`http://127.0.0.1:${port}/${page}?token=x`, { headers: with_ ?? {} })).text(),
        ),
      ),
    );
    assert.match(pages.join('\n'), /herald_lines_total/);
    assert.equal(pages.join('\n').match(/# TYPE herald_lines_total/g)?.length, 1, 'only with the token');
    daemon.process.kill('SIGTERM');
    assert.equal(await daemon.exited(), 0, daemon.log());
    assert.match(daemon.log(), /"level":"(?:trace|debug|warn)"/);
    const said = new Map([
      ['the log', daemon.log()],
      ['standard output', daemon.stdout()],
      ['the pages', pages.join('\n')],
      ['the journal', journalBytes(folder)],
    ]);
    assertNothing(said, [own, inEvents]);
    const payloads = receiver.requests.map(({ body, path }) => `${path} ${body.toString('utf8')}`).join('\n');
    assertNothing(new Map([['what was sent', payloads]]), [inEvents]);
    context.diagnostic(
      `${own.size} secrets of the configuration, ${inEvents.size} of events, ${receiver.requests.length} requests`,
    );

    const commands = [
      ['--help'],
      ...[
        'run',
        'check',
        'test',
        'try',
        'replay',
        'explain',
        'send-test',
        'setup',
        'events',
        'reveal',
        'import',
        'schema',
        'example',
      ].map((command) => [command, '--help']),
      ['check'],
      ['check', '--format', 'json'],
      ['test'],
      ['try', '--file', 'app.log'],
      ['try', '--file', 'app.log', '--json'],
      ['events', '--limit', '1000'],
      ['events', '--limit', '1000', '--json'],
      ['replay'],
      ['replay', '--file', 'app.log'],
    ];
    const id = /"id":"([0-9a-f]{32})"/.exec((await heraldAlongside(folder, ['events', '--json'])).stdout)?.[1];
    assert.ok(id !== undefined);
    await assertSilent(folder, [...commands, ['explain', id], ['explain', id, '--json']], [own, inEvents]);
  });

  test(
    'send-test and setup of every kind, when the answer repeats the request',
    { timeout: 170_000 },
    async (context) => {
      const { folder, receiver, own, names } = await scene(context);
      receiver.script(echo);
      const once = [...names.filter((name) => name.endsWith('-0')), 'all', 'certified'];
      const runs = once.flatMap((name) => [
        ['send-test', name],
        ['setup', name],
      ]);
      await assertSilent(folder, runs, [own]);
      const { length } = receiver.requests;
      assert.ok(length >= once.length / 2, `${length} requests`);
    },
  );

  test('of a person that a service quotes when it refuses, however it writes it, the log, the pages and dead letters say nothing', async (context) => {
    const folder = temporaryFolder(context);
    const receiver = await startHttpReceiver();
    context.after(() => receiver.close());
    const echoed = [...ways, (text: string) => `${text.slice(0, text.indexOf('lovelace') + 4)}...`];
    receiver.script((response, _socket, { body }) => {
      const text = body.toString('utf8');
      const at = text.indexOf('"username"');
      const way = echoed[(receiver.requests.length - 1) % echoed.length];
      response.writeHead(400).end(`cannot parse [user]: ${way?.(text.slice(at, at + 90))}`);
    });
    const config = {
      sources: [{ type: 'file', paths: [join(folder, 'app.log')], start_at: 'beginning' }],
      journal: { path: join(folder, 'journal') },
      rules: [{ name: 'all', policies: [{ action: '*' }], destinations: ['siem'] }],
      destinations: { siem: { type: 'webhook', url: receiver.url, format: 'herald', fields: 'all' } },
      server: { listen: '127.0.0.1:0' },
    };
    writeFileSync(join(folder, 'config.yaml'), stringify(config));
    const user = { username: 'ada.lovelace', pk: 6, email: 'ada.lovelace@example.com' };
    const lines = echoed.map((_, at) => ({ ...(JSON.parse(eventLine(at)) as object), user, client_ip: '203.0.113.7' }));
    writeFileSync(join(folder, 'app.log'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const daemon = startDaemon(context, folder, ['--debug', 'run']);
    await daemon.logged('given up');
    await waitFor(() => receiver.requests.length >= echoed.length, 'a refusal of each');
    const pages = `${await page(daemon, 'readyz')}${await page(daemon, 'metrics')}`;
    daemon.process.kill('SIGTERM');
    assert.equal(await daemon.exited(), 0);
    const { stdout } = await heraldAlongside(folder, ['events', '--json']);
    const ids = [...stdout.matchAll(/"id":"([0-9a-f]{32})"/g)].map(([, id = '']) => id);
    const explained = await Promise.all(ids.map((id) => standingHerald(folder, ['explain', id])));
    const refusals = explained.flatMap((one) => one.stdout.match(/cannot parse.*/g) ?? []);
    assert.equal(refusals.filter((refusal) => refusal.includes('[hidden]')).length, echoed.length, refusals.join('\n'));
    assert.match(daemon.log(), /HTTP 400: cannot parse \[user\]: \\"username\\":\\"\[hidden\]\\"/);
    assert.match(pages, /HTTP 400: cannot parse \[user\]: .*\[hidden\]/);
    context.diagnostic(`a refusal quoted in ${echoed.length} ways`);
    for (const text of [daemon.log(), pages, ...refusals].flatMap(readings)) {
      assert.doesNotMatch(text, /\bada\b|lovelace|203\.0\.113/i);
      for (const form of ['lovelace', '203.0.113.7'].flatMap(inBase64)) assert.ok(!text.includes(form), text);
    }
  });

  test('an import tells nothing of what it writes', async (context) => {
    const folder = temporaryFolder(context);
    const blueprints = ['01-handwritten-tags.yaml', '02-export-with-defaults.yaml'].map((name) =>
      join(corpus, 'blueprints', name),
    );
    const inBlueprints = new Map(
      blueprints.flatMap((path) =>
        (readFileSync(path, 'utf8').match(/fake-blueprint-[\w-]+/g) ?? []).map((secret) => [secret, path] as const),
      ),
    );
    assert.ok(inBlueprints.size >= 5);
    const imported = ['import', ...blueprints, '--allow-env', '-o', 'imported.yaml'];
    const commands = [
      ['import', ...blueprints],
      imported,
      imported,
      [...imported, '--force'],
      ['check', '-c', 'imported.yaml'],
    ];
    await assertSilent(folder, commands, [inBlueprints]);
    assert.match(readFileSync(join(folder, 'imported.yaml'), 'utf8'), /fake-blueprint/);
  });

  test('a journal and the key that it wants', async (context) => {
    const { folder, own } = await scene(context);
    const file = join(folder, 'config.yaml');
    const run = async (): Promise<string> => {
      const daemon = startDaemon(context, folder, ['--debug', 'run', '--grace', '1s']);
      const started = await Promise.race([
        daemon.logged('"starting"').then(() => true),
        daemon.exited().then(() => false),
      ]);
      if (started) daemon.process.kill('SIGTERM');
      await daemon.exited();
      return daemon.log() + daemon.stdout();
    };
    const first = await run();
    const good = readFileSync(file, 'utf8');
    const [key = ''] = [...own].find(([, where]) => where === 'journal.encryption.key') ?? [];
    const other = hash('sha256', 'planted other key');
    writeFileSync(file, good.replace(key, other));
    const second = await run();
    assert.match(second, /is not configured/);
    assertNothing(
      new Map([
        ['with the key', first],
        ['with another', second],
      ]),
      [own, new Map([[other, 'the other key']])],
    );
    assertNothing(new Map([['the journal', journalBytes(folder)]]), [own, inEvents]);
  });

  test('configurations that are wrong', async (context) => {
    const { folder, own } = await scene(context);
    const good = readFileSync(join(folder, 'config.yaml'), 'utf8');
    const wrong = [
      `${good}\n  }: {`,
      good.replaceAll('type: ', 'typo: '),
      good.replaceAll(/^( +)(url|token|password|api_key|key): (.+)$/gm, '$1$2: [$3]'),
      good.replaceAll(/^( +)(url|token|password|api_key|routing_key): (.+)$/gm, '$1$2: {a: $3}'),
      good.replaceAll('http://', 'htp://'),
      good.replaceAll('timeout: 2s', 'timeout: soon'),
    ];
    const commands = wrong.flatMap((text, at) => {
      const file = `wrong-${at}.yaml`;
      writeFileSync(join(folder, file), text);
      return [['check'], ['check', '--format', 'json'], ['run']].map((args) => [...args, '-c', file]);
    });
    for (const [at, { code, stderr }] of (await assertSilent(folder, commands, [own])).entries())
      assert.equal(code, 78, `${commands[at]?.join(' ')}: ${stderr}`);
  });

  test('a crash: neither its message nor the properties of the error', async (context) => {
    const folder = temporaryFolder(context);
    const secret = 'planted-crash-8d1f27ab';
    const thrown = `Object.assign(new TypeError('Invalid URL https://u:${secret}@h/x, sent Bearer ${secret}'), { input: '${secret}' })`;
    const preload = join(folder, 'crash.cjs');
    for (const [how, code] of [
      ['in a callback', `setTimeout(() => { throw ${thrown}; }, 500);`],
      ['in a promise', `setTimeout(() => { void Promise.reject(${thrown}); }, 500);`],
      ['in a destination', `require('node:crypto').createHmac = () => { throw ${thrown}; };`],
    ] as const) {
      writeFileSync(preload, code);
      writeFileSync(
        join(folder, 'config.yaml'),
        `sources: [{type: file, paths: [app.log], start_at: beginning}]\nserver: {listen: "off"}\n` +
          `rules: [{name: a, policies: [{action: "*"}], destinations: [d]}]\n` +
          `destinations: {d: {type: webhook, url: "http://127.0.0.1:9/", signing_secret: whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0}}\n`,
      );
      writeFileSync(join(folder, 'app.log'), `${eventLine(1)}\n`);
      for (const debug of [[], ['--debug']]) {
        const daemon = startDaemon(context, folder, [...debug, 'run'], { NODE_OPTIONS: `--require=${preload}` });
        const gone = daemon.exited();
        const ended = await Promise.race([gone, once(AbortSignal.timeout(20_000), 'abort').then(() => 'too late')]);
        assert.equal(ended, 70, `${how}: ${daemon.log()}`);
        assert.match(daemon.log(), /this is a bug: TypeError: Invalid URL/);
        assertNothing(new Map([[how, daemon.log() + daemon.stdout()]]), [new Map([[secret, 'the error']])]);
      }
    }
  });
});
