import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { startDaemon, temporaryFolder, writeConfig, type Daemon } from '../support/daemon.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { answer, startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { page } from '../support/scenario.ts';
import { startSink } from '../support/sink.ts';
import { waitFor } from '../support/source.ts';

const corpus = join(import.meta.dirname, '..', 'fixtures', 'corpus');

async function receiver(context: TestContext): Promise<HttpReceiver> {
  const server = await startHttpReceiver();
  context.after(() => server.close());
  return server;
}

/** A webhook that gets every event whole, so that the test sees which arrived; a receiver that stood still for a while gets nothing again. */
function webhook({ url }: HttpReceiver, more = ''): string {
  const manner = 'encoding: ndjson, batch: {items: 100, bytes: 1MiB, wait: 10ms}, timeout: 100s';
  return `{type: webhook, url: "${url}/hook", ${manner}${more}}`;
}

/** The serial numbers that arrived, in order, repeats included. */
function arrived(server: HttpReceiver): readonly number[] {
  return server.requests.flatMap(({ body }) =>
    body
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { user: { pk: number } }).user.pk),
  );
}

function events(from: number, to: number): string {
  let text = '';
  for (let serial = from; serial < to; serial += 1) text += cri(eventLine(serial), serial) + cri(accessLine, serial);
  return text;
}

/** The serials in the journal of a daemon that is not running. */
function journalled(folder: string): readonly number[] {
  const db = new DatabaseSync(join(folder, 'journal', 'herald.db'), { readOnly: true });
  const rows = db.prepare('SELECT CAST(body AS TEXT) AS body FROM event ORDER BY seq').all();
  db.close();
  return rows.map((row) => (JSON.parse(String(row['body'])) as { user: { pk: number } }).user.pk);
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, at) => from + at);

async function stopped(daemon: Daemon): Promise<void> {
  daemon.process.kill('SIGTERM');
  assert.equal(await daemon.exited(), 0, daemon.log());
}

test('a log goes in, a webhook gets the events in order, a restart sends nothing again', async (context) => {
  const folder = temporaryFolder(context);
  const server = await receiver(context);
  writeConfig(folder, webhook(server));
  writeFileSync(join(folder, 'app.log'), events(0, 300));
  const first = startDaemon(context, folder, ['run']);
  await waitFor(() => arrived(server).length === 300, '300 events');
  await stopped(first);
  appendFileSync(join(folder, 'app.log'), events(300, 310));
  const second = startDaemon(context, folder, ['run']);
  await waitFor(() => arrived(server).length >= 310, '10 more events');
  await stopped(second);
  assert.deepEqual(arrived(server), range(0, 310));
});

test('kill -9 at any moment: each event once in the journal, at least once at the receiver', async (context) => {
  const folder = temporaryFolder(context);
  // Its serials are read once: parsing all bodies at every look takes longer than the daemon on a busy machine.
  const sink = await startSink(context);
  writeConfig(folder, `{type: webhook, url: "${sink.url}", encoding: ndjson}`);
  const count = 20_000;
  writeFileSync(join(folder, 'app.log'), events(0, count));
  for (const ms of [350, 500, 650]) {
    const daemon = startDaemon(context, folder, ['run']);
    await new Promise((resolve) => setTimeout(resolve, ms));
    daemon.process.kill('SIGKILL');
    await daemon.exited();
  }
  const daemon = startDaemon(context, folder, ['run']);
  await waitFor(() => sink.distinct() === count, 'all events', 150_000);
  await stopped(daemon);
  assert.deepEqual(journalled(folder), range(0, count));
});

test('while the receiver is down, everything waits on disk; SIGTERM leaves it there; the next run delivers', async (context) => {
  const folder = temporaryFolder(context);
  const server = await receiver(context);
  server.script(answer(503, 'down'));
  writeConfig(folder, webhook(server, ', retry: {base: 100ms, max: 200ms}'));
  writeFileSync(join(folder, 'app.log'), events(0, 50));
  const first = startDaemon(context, folder, ['run']);
  await first.logged('delivery fails, retrying');
  await stopped(first);
  assert.match(first.log(), /"pending":50/);
  server.script(answer(200, 'ok'));
  const before = server.requests.length;
  const second = startDaemon(context, folder, ['run']);
  await waitFor(() => server.requests.length > before, 'the delivery');
  await stopped(second);
  assert.match(second.log(), /"delivered":50,"pending":0/);
});

/** A daemon that waits for the first byte of its configuration, and how it gets it. */
async function loading(context: TestContext, folder: string, command: 'run' | 'check') {
  const path = join(folder, 'config.yaml');
  const config = readFileSync(path);
  rmSync(path);
  execFileSync('mkfifo', [path]);
  const daemon = startDaemon(context, folder, [command]);
  // Opens when somebody opens it for reading.
  const pipe = await open(path, 'w');
  const goOn = async (): Promise<void> => {
    // What is followed is read again, and must not keep anybody waiting then.
    writeFileSync(join(folder, 'new.yaml'), config);
    renameSync(join(folder, 'new.yaml'), path);
    await pipe.writeFile(config);
    await pipe.close();
  };
  return { daemon, pipe, goOn };
}

test('a signal that comes while it loads its configuration is a stop like any other', async (context) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const folder = temporaryFolder(context);
    const server = await receiver(context);
    writeConfig(folder, webhook(server));
    writeFileSync(join(folder, 'app.log'), events(0, 5));
    const { daemon, goOn } = await loading(context, folder, 'run');
    daemon.process.kill(signal);
    await goOn();
    assert.equal(await daemon.exited(), 0, daemon.log());
    assert.match(daemon.log(), new RegExp(`"signal":"${signal}"[^]*"msg":"stopped"`));
    assert.deepEqual(arrived(server), [0, 1, 2, 3, 4], 'what was in the log by then is read and delivered');
  }
});

test('a signal ends any other command at once', async (context) => {
  const folder = temporaryFolder(context);
  writeConfig(folder, '{type: stdout}');
  const { daemon, pipe } = await loading(context, folder, 'check');
  daemon.process.kill('SIGTERM');
  assert.equal(await daemon.exited(), 'SIGTERM');
  await pipe.close();
});

test('a second SIGTERM ends at once', async (context) => {
  const folder = temporaryFolder(context);
  const server = await receiver(context);
  server.script(() => undefined);
  writeConfig(folder, webhook(server));
  writeFileSync(join(folder, 'app.log'), events(0, 5));
  const daemon = startDaemon(context, folder, ['run']);
  await server.received(1);
  daemon.process.kill('SIGTERM');
  await daemon.logged('a second signal');
  daemon.process.kill('SIGTERM');
  assert.equal(await daemon.exited(), 143);
});

test('a second herald on the same journal is refused and says why', async (context) => {
  const folder = temporaryFolder(context);
  const server = await receiver(context);
  writeConfig(folder, webhook(server));
  writeFileSync(join(folder, 'app.log'), events(0, 1));
  const first = startDaemon(context, folder, ['run']);
  await server.received(1);
  const second = startDaemon(context, folder, ['run']);
  assert.equal(await second.exited(), 1);
  assert.match(second.log(), /journal_locked/);
  await stopped(first);
});

test('a wrong configuration: every problem with its place, exit code 78, nothing opened', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(
    join(folder, 'config.yaml'),
    'sources: [{type: fil}]\nrules: [{name: a, destinations: [b]}]\ndestinatons: {}\n',
  );
  const daemon = startDaemon(context, folder, ['run']);
  assert.equal(await daemon.exited(), 78);
  for (const place of ['config.yaml:1:18', 'config.yaml:2:34', 'config.yaml:3:1'])
    assert.ok(daemon.log().includes(place), daemon.log());
  assert.deepEqual(readdirSync(folder), ['config.yaml']);
});

test('standard input: read to its end, delivered, done', async (context) => {
  const folder = temporaryFolder(context);
  const server = await receiver(context);
  writeConfig(folder, webhook(server));
  const config = readFileSync(join(folder, 'config.yaml'), 'utf8').replace(/^sources:.*$/m, 'sources: [{type: stdin}]');
  writeFileSync(join(folder, 'config.yaml'), config);
  const preload = join(folder, 'timers.cjs');
  writeFileSync(
    preload,
    `const { setTimeout: start } = globalThis;
globalThis.setTimeout = (work, ms) => start(() => { if (ms > 1000) process._rawDebug('waited', ms); work(); }, ms);`,
  );
  const daemon = startDaemon(context, folder, ['run'], { NODE_OPTIONS: `--require=${preload}` });
  daemon.process.stdin?.end(`${eventLine(1)}\n${accessLine}\n${eventLine(2)}`);
  assert.equal(await daemon.exited(), 0, daemon.log());
  assert.deepEqual(arrived(server), [1, 2]);
  assert.match(daemon.log(), /"msg":"stopped"}\n$/, 'nothing keeps the process when all is done');
});

test('no planted secret leaves the process: payload, journal, log, metrics, readiness', async (context) => {
  const folder = temporaryFolder(context);
  const server = await receiver(context);
  writeConfig(folder, webhook(server), 'log: {level: trace}\n');
  writeFileSync(join(folder, 'app.log'), readFileSync(join(corpus, 'lines.log')));
  const daemon = startDaemon(context, folder, ['run']);
  await waitFor(() => arrivedLines(server) === 170, '170 events');
  const pages = [await page(daemon, 'metrics'), await page(daemon, 'readyz')];
  assert.match(pages[0] ?? '', /herald_lines_total\{source="file",family="event"\} 170/);
  await stopped(daemon);
  const everything = [
    ...server.requests.flatMap(({ body, headers }) => [body.toString('utf8'), JSON.stringify(headers)]),
    ...readdirSync(join(folder, 'journal')).map((name) => readFileSync(join(folder, 'journal', name), 'latin1')),
    daemon.log(),
    daemon.stdout(),
    ...pages,
  ].join('\n');
  const secrets = readFileSync(join(corpus, 'secrets.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  assert.equal(secrets.length, 64);
  assert.deepEqual(
    secrets.filter((secret) => everything.includes(secret)),
    [],
  );
});

function arrivedLines(server: HttpReceiver): number {
  return server.requests.reduce((sum, { body }) => sum + body.toString('utf8').trim().split('\n').length, 0);
}

test('the journal is for its owner only', async (context) => {
  const folder = temporaryFolder(context);
  const server = await receiver(context);
  writeConfig(folder, webhook(server));
  writeFileSync(join(folder, 'app.log'), events(0, 1));
  const daemon = startDaemon(context, folder, ['run']);
  await server.received(1);
  assert.equal(statSync(join(folder, 'journal')).mode & 0o777, 0o700);
  for (const name of readdirSync(join(folder, 'journal'))) {
    assert.equal(statSync(join(folder, 'journal', name)).mode & 0o077, 0, name);
  }
  await stopped(daemon);
});
