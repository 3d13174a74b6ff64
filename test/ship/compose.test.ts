import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');

const present = spawnSync('docker-compose', ['version']).status === 0;
if (!present) process.stderr.write('SKIPPED: docker-compose is not installed, so its own check does not run\n');
const skip = present ? false : 'skipped: docker-compose is not installed';

interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const read = (file: string): Compose =>
  parse(readFileSync(join(root, 'examples', file), 'utf8'), { merge: true }) as Compose;

/** `source:target:mode`. */
const mountsOf = ({ volumes = [] }: Service): readonly (readonly [string, string, string])[] =>
  volumes.map((volume) => {
    const [source = '', target = '', mode = 'rw'] = volume.split(':');
    return [source, target, mode] as const;
  });

for (const [file, user, logs] of [
  ['compose.yaml', '0:0', '/var/lib/docker/containers'],
  ['compose-shared.yaml', undefined, '/var/log/authentik'],
] as const) {
  const { services, volumes } = read(file);
  const { herald, server, worker } = services;
  assert.ok(herald && server && worker);

  test(`${file}: herald may do nothing but read its files and write its journal`, () => {
    assert.deepEqual(herald.cap_drop, ['ALL']);
    assert.deepEqual(herald.cap_add, undefined);
    assert.deepEqual(herald.security_opt, ['no-new-privileges:true']);
    assert.equal(herald.read_only, true);
    assert.equal(herald.privileged, undefined);
    assert.equal(herald.user, user);
    const mounts = mountsOf(herald);
    assert.deepEqual(
      mounts.filter(([, , mode]) => mode !== 'ro').map(([, target]) => target),
      ['/var/lib/herald'],
    );
    assert.ok(mounts.some(([, target]) => target === logs));
    assert.ok(mounts.some(([source, target]) => source === './herald' && target === '/etc/herald'));
  });

  test(`${file}: authentik stops before herald, and herald has the time to deliver`, () => {
    for (const { depends_on } of [server, worker]) assert.equal(depends_on?.['herald']?.condition, 'service_started');
    // The default of --grace is 30 s.
    assert.ok(Number.parseInt(herald.stop_grace_period ?? '0', 10) > 30);
  });

  test(`${file}: every volume with a name is declared, and no other`, () => {
    const named = Object.values(services).flatMap((service) =>
      mountsOf(service).flatMap(([source]) => (/^[./]/.test(source) ? [] : [source])),
    );
    assert.deepEqual([...new Set(named)].toSorted(), Object.keys(volumes).toSorted());
  });

  test(`${file}: docker-compose takes it together with authentik’s own`, { skip }, () => {
    const files = [
      '-f',
      join(root, 'test', 'fixtures', 'compose', 'authentik.yml'),
      '-f',
      join(root, 'examples', file),
    ];
    const { status, stdout, stderr } = spawnSync('docker-compose', [...files, 'config'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], SLACK_URL: 'x', AUTHENTIK_TAG: '2026.8.0' },
    });
    assert.equal(status, 0, stderr);
    const together = parse(stdout) as Compose;
    assert.deepEqual(
      Object.keys(together.services['server']?.depends_on ?? {}).toSorted(),
      [...Object.keys(server.depends_on ?? {}), 'postgresql'].toSorted(),
    );
    assert.ok(
      mountsOf(together.services['server'] ?? {}).some(([, target]) => target === '/data'),
      'authentik keeps its own',
    );
  });
}

test('compose-shared.yaml: authentik writes where herald reads, each part its own file', () => {
  const { services } = read('compose-shared.yaml');
  const { server, worker, herald } = services;
  assert.ok(server && worker && herald);
  const paths = [server, worker].map(({ environment }) => environment?.['HERALD_LOG'] ?? '');
  assert.equal(new Set(paths).size, 2);
  for (const service of [server, worker]) {
    const mounts = mountsOf(service);
    assert.ok(
      mounts.some(
        ([source, target]) => source === 'authentik-log' && paths.every((path) => path.startsWith(`${target}/`)),
      ),
    );
    assert.ok(
      mounts.some(([source, target]) => source.endsWith('user_settings.py') && target === '/data/user_settings.py'),
    );
  }
  for (const path of paths) assert.match(path, /\.log$/);
});
