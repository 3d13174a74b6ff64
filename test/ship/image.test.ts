import assert from 'node:assert/strict';
import { execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startLine } from '../support/bundle.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { createBuilder, imageMissing, stageFolder, type Builder, type Image } from '../support/image/builder.ts';
import { startContainer } from '../support/image/container.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { waitFor } from '../support/source.ts';

const root = join(import.meta.dirname, '..', '..');
const epochSeconds = 1_700_000_000;
const layerBytesMax = 6 * 1024 * 1024;

const missing = imageMissing();
if (missing !== undefined) process.stderr.write(`SKIPPED: no image is built: ${missing}\n`);

describe('the image', { skip: missing === undefined ? false : `skipped: ${missing}` }, suite);

function suite(): void {
  let builder: Builder;
  let image: Image;
  let stage: string;

  // A hook registered inside another one belongs to that one.
  const undos: (() => void)[] = [];
  const owner = { after: (undo: () => void) => void undos.push(undo) };
  after(() => undos.toReversed().forEach((undo) => undo()));

  // The base is fetched and made once.
  before(build, { timeout: 900_000 });

  function build(): void {
    builder = createBuilder(owner);
    stage = stageFolder(temporaryFolder(owner));
    image = builder.build('first', { folder: stage, epochSeconds });
  }

  test('runs as nobody in particular, without a shell, with the options of the bundle’s first line', () => {
    const { User, Entrypoint, Env, Cmd, Labels, Healthcheck } = image.config;
    assert.equal(User, '65532:65532');
    const { variables, options } = startLine();
    assert.deepEqual(Entrypoint, ['node', ...options, '/app/herald.cjs']);
    for (const variable of variables) assert.ok(Env.includes(variable), variable);
    assert.deepEqual(Cmd, ['run', '--config', '/etc/herald/config.yaml']);
    assert.equal(Healthcheck, undefined);
    const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
    assert.equal(Labels['org.opencontainers.image.version'], version);
    assert.equal(Labels['org.opencontainers.image.licenses'], license);
  });

  test('adds one small layer: the bundle, its bill of materials, the licence, the detections and a journal that the user owns', () => {
    assert.equal(image.layers.length, 2);
    const { path, bytes } = image.top();
    assert.ok(bytes < layerBytesMax, `${bytes} bytes`);
    const listing = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--file', path], {
      encoding: 'utf8',
      env: { TZ: 'UTC', PATH: process.env['PATH'] },
    });
    const entries = listing
      .trim()
      .split('\n')
      .map((line) => {
        const [mode, owner, , day, time, name] = line.split(/\s+/);
        return { mode, owner, time: `${day} ${time}`, name };
      });
    assert.deepEqual(
      entries.map(({ mode, owner, name }) => [mode, owner, name]),
      [
        ['drwxr-xr-x', '0/0', 'app/'],
        ['-rw-r--r--', '0/0', 'app/LICENSE'],
        ['-rwxr-xr-x', '0/0', 'app/herald.cjs'],
        ['drwxr-xr-x', '0/0', 'app/rules/'],
        ['-rw-r--r--', '0/0', 'app/rules/authentik.yaml'],
        ['-rw-r--r--', '0/0', 'app/sbom.cdx.json'],
        ['drwxr-xr-x', '0/0', 'var/'],
        ['drwxr-xr-x', '0/0', 'var/lib/'],
        ['drwxr-xr-x', '65532/65532', 'var/lib/herald/'],
      ],
    );
    assert.deepEqual(new Set(entries.map(({ time }) => time)), new Set(['2023-11-14 22:13']));
  });

  test('the same input gives the same layer, at another time and with another umask', () => {
    utimesSync(join(stage, 'app', 'herald.cjs'), 1, 1);
    const again = builder.build('again', { folder: stage, epochSeconds });
    assert.deepEqual(again.layers, image.layers);
    writeFileSync(join(stage, 'app', 'LICENSE'), 'another\n');
    const other = builder.build('other', { folder: stage, epochSeconds });
    assert.notDeepEqual(other.layers, image.layers);
  });

  test('reads a log as uid 65532 without capabilities on a read-only root, and stops cleanly', async (context) => {
    const folder = temporaryFolder(context);
    const logs = join(folder, 'log');
    for (const name of ['log', 'journal', 'config', 'tmp']) mkdirSync(join(folder, name));
    for (const name of ['journal', 'tmp']) chmodSync(join(folder, name), 0o777);
    chmodSync(folder, 0o755);
    writeFileSync(join(logs, '0.log'), cri(eventLine(1)) + cri(accessLine, 2) + cri(eventLine(3), 3));
    writeFileSync(join(folder, 'config', 'config.yaml'), configuration);
    const child = startContainer(context, {
      image,
      mounts: {
        '/etc/herald': join(folder, 'config'),
        '/var/log/authentik': logs,
        '/var/lib/herald': `${join(folder, 'journal')}:rw`,
        '/tmp': `${join(folder, 'tmp')}:rw`,
      },
    });
    const output = collected(child);
    await waitFor(() => output.stdout().split('\n').length > 2, 'two events');
    assert.match(output.stdout(), /"user-1".*\n.*"user-3"/);

    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    assert.match(status, /^Uid:(?:\t65532){4}$/m);
    assert.match(status, /^Gid:(?:\t65532){4}$/m);
    assert.match(status, /^Groups:\s*$/m);
    assert.match(status, /^CapEff:\t0{16}$/m);
    assert.match(status, /^NoNewPrivs:\t1$/m);
    const mounts = readFileSync(`/proc/${child.pid}/mountinfo`, 'utf8');
    assert.match(mounts, /^\d+ \d+ \S+ \S+ \/ ro[ ,]/m);

    // The kubelet has no token.
    const port = /"port":(\d+)/.exec(output.stderr())?.[1];
    for (const path of ['livez', 'readyz']) {
      const { status } = await fetch(`http://127.0.0.1:${port}/${path}`);
      assert.equal(status, 200, path);
    }
    assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 401);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0, output.stderr());
    rmSync(join(folder, 'journal'), { recursive: true });
  });
}

const configuration = `
sources: [{type: file, paths: [/var/log/authentik/*.log], start_at: beginning}]
journal: {path: /var/lib/herald}
rules: [{name: all, policies: [{action: "*"}], destinations: [out]}]
destinations: {out: {type: stdout, format: json}}
server: {listen: "0.0.0.0:0", token: not-given-by-probes}
`;

function collected(child: ChildProcess): { stdout(): string; stderr(): string } {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  return { stdout: () => stdout, stderr: () => stderr };
}
