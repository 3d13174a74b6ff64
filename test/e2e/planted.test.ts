import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { destinations } from '../../src/destinations/index.ts';
import { heraldAlongside } from '../cli/herald.ts';
import { standingHerald } from '../cli/standing.ts';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { eventLine } from '../support/lines.ts';
import { plant } from '../support/planted.ts';
import { page } from '../support/scenario.ts';
import { answer, startHttpReceiver, type Answer } from '../support/receivers/http.ts';
import { waitFor } from '../support/source.ts';
import { echo, eventCount, inEvents, scene, ways } from './planted-scene.ts';
import { assertNothing, assertSilent, inBase64, journalBytes, readings } from './planted-search.ts';

/** Dozens of commands and hundreds of requests: more than a minute where others work, too. */
const generous = { timeout: 900_000 };

describe('no secret leaves by a way that is not its own', () => {
  before(() => {
    const planted = destinations.flatMap((kind) => plant(kind, 'http://127.0.0.1:1'));
    assert.ok(planted.length >= 20, `${planted.length} fields`);
    assert.equal(new Set(planted.map(({ secret }) => secret)).size, planted.length);
    assert.ok(inEvents.size > 250, `${inEvents.size} in events`);
  });

  const everywhere = 'the daemon: delivered, refused with an echo, cut off; log, journal, metrics, readiness, payloads';
  test(everywhere, generous, async (context) => {
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
    await waitFor(() => arrived() >= eventCount, `${eventCount} events`);
    const others = (): number => receiver.requests.filter(({ path }) => path !== '/all').length;
    await waitFor(() => others() >= 20, 'answers to the others');
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

  test('send-test and setup of every kind, when the answer repeats the request', generous, async (context) => {
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
  });

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
});
