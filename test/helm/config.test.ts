import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { kinds } from '../../src/build.ts';
import { loadConfig } from '../../src/config/load.ts';
import { bundle, compiledOnce } from '../support/bundle.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { configText, only, template } from '../support/helm/helm.ts';
import { podOf } from '../support/helm/pod.ts';
import { valueSets } from './values.ts';

const configOf = (values: unknown): string => configText(template(values));

for (const [name, values] of valueSets) {
  test(`${name}: the configuration is accepted`, () => {
    const readFile = (path: string): string => {
      assert.match(path, /^\/run\/secrets\/herald\/(?:token|slack-url)$/);
      return 'https://hooks.slack.com/services/T/B/x\n';
    };
    const env = { POD_NAME: 'authentik-server-6c55fb8696-mj5t8' };
    loadConfig(configOf(values), 'config.yaml', { env, hostname: 'node', readFile }, kinds);
  });
}

test('what the user says replaces what follows from other values, mappings key by key, lists whole', () => {
  const config = parse(
    configOf({
      config: {
        instance: 'auth-1',
        journal: { retention: 'days=7' },
        sources: [{ type: 'stdin' }],
        server: { token: '${env:TOKEN}' },
      },
    }),
  ) as Record<string, unknown>;
  assert.equal(config['instance'], 'auth-1');
  assert.deepEqual(config['journal'], { path: '/var/lib/herald', retention: 'days=7' });
  assert.deepEqual(config['sources'], [{ type: 'stdin' }]);
  assert.deepEqual(config['server'], { listen: ':9380', token: '${env:TOKEN}' });
});

test('texts and numbers come through helm as they were written', () => {
  const config = {
    journal: { max_size: 1_073_741_824 },
    rules: [
      {
        name: 'yes: "quotes", #hash and {{ braces }}',
        policies: [{ expression: 'event.user.username.startsWith("off")\n|| false' }],
        destinations: ['on'],
      },
    ],
    destinations: {
      on: { type: 'discord', url: 'https://discord.com/api/webhooks/1/x', thread_id: '0123456789012345678' },
    },
  };
  const { journal, rules, destinations } = parse(configOf({ config })) as typeof config;
  assert.equal(journal.max_size, 1_073_741_824);
  assert.deepEqual(rules, config.rules);
  assert.deepEqual(destinations.on, config.destinations.on);
});

test('what helm test runs, runs', (context) => {
  const folder = temporaryFolder(context);
  const objects = template({
    mode: 'deployment',
    secret: { values: { token: 'aaaaaaaa' } },
    config: { destinations: { '--help me': { type: 'stdout' } } },
  });
  writeFileSync(join(folder, 'token'), 'aaaaaaaa');
  writeFileSync(join(folder, 'config.yaml'), configText(objects).replaceAll('/run/secrets/herald', folder));
  const { initContainers = [], containers } = podOf(only(objects, 'Pod')) ?? { containers: [] };
  const outputs = [...initContainers, ...containers].map(({ args = [] }) => {
    const here = args.map((arg) => arg.replace('/etc/herald', folder));
    const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...here], {
      cwd: folder,
      encoding: 'utf8',
      env: compiledOnce,
    });
    assert.equal(status, 0, `${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  });
  assert.equal(outputs.length, 3, 'check, and a message for --help me and for inbox');
});
