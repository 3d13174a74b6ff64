import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { eventLine } from '../support/lines.ts';
import { corpus, inEvents, scene } from './planted-scene.ts';
import { assertNothing, assertSilent, journalBytes } from './planted-search.ts';

describe('no secret leaves by a command, a wrong configuration or a crash', () => {
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
      const started = await daemon.logged('"starting"').then(
        () => true,
        () => false,
      );
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
        const ended = await Promise.race([gone, once(AbortSignal.timeout(100_000), 'abort').then(() => 'too late')]);
        assert.equal(ended, 70, `${how}: ${daemon.log()}`);
        assert.match(daemon.log(), /this is a bug: TypeError: Invalid URL/);
        assertNothing(new Map([[how, daemon.log() + daemon.stdout()]]), [new Map([[secret, 'the error']])]);
      }
    }
  });
});
