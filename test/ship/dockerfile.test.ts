import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/daemon.ts';

const root = join(import.meta.dirname, '..', '..');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', '');

test('dockerfilelint finds nothing', () => {
  const { status, stdout } = spawnSync('dockerfilelint', ['Dockerfile'], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH']}` },
  });
  assert.equal(status, 0, stdout);
});

test('the stage that builds has all that it needs from the context', (context) => {
  const folder = temporaryFolder(context);
  const [, stage = ''] = /AS build\n(.*?)\nFROM/s.exec(dockerfile) ?? [];
  const copied = [...stage.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, names = '']) => names.split(' '));
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  for (const name of copied) {
    assert.ok(ignored.includes(`!${name}`), `.dockerignore keeps ${name} from the builder`);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  // What `npm ci` would put there.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const [, commands = ''] = /^RUN (npm run build .*)$/m.exec(stage) ?? [];
  const script = commands.replaceAll(/(?<= )\/(?=app|journal)/g, `${folder}/out/`);
  execFileSync('sh', ['-euc', script], { cwd: folder, stdio: 'pipe' });
  const modes = ['herald.cjs', 'sbom.cdx.json', 'LICENSE', 'rules/authentik.yaml'].map(
    (name) => statSync(join(folder, 'out', 'app', name)).mode & 0o777,
  );
  assert.deepEqual(modes, [0o755, 0o644, 0o644, 0o644]);
  const schema = execFileSync(process.execPath, [join(folder, 'out', 'app', 'herald.cjs'), 'schema'], {
    encoding: 'utf8',
  });
  assert.equal(schema, readFileSync(join(root, 'config.schema.json'), 'utf8'));
});
