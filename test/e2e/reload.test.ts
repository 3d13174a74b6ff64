import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { accessLine, cri, eventLine } from '../support/lines.ts';
import { page } from '../support/scenario.ts';
import { startSink } from '../support/sink.ts';
import { waitFor } from '../support/source.ts';

const loaded = 'the changed configuration is in use';
const refused = 'the changed configuration is not used';

/** A folder as the kubelet mounts a ConfigMap: files are links into `..data`, itself a link that is turned at once. */
class Mount {
  readonly folder: string;
  #version = 0;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
  }

  write(files: { readonly [name: string]: string }): void {
    const before = `..v${this.#version}`;
    this.#version += 1;
    const now = `..v${this.#version}`;
    mkdirSync(join(this.folder, now));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, now, name), text);
    symlinkSync(now, join(this.folder, '..data_tmp'));
    renameSync(join(this.folder, '..data_tmp'), join(this.folder, '..data'));
    if (this.#version === 1) {
      for (const name of Object.keys(files)) symlinkSync(join('..data', name), join(this.folder, name));
    } else {
      rmSync(join(this.folder, before), { recursive: true });
    }
  }
}

/** Sources `first` (always) and what `more` adds, one rule, one destination. */
function config(folder: string, url: string, batch: string, more = ''): string {
  return `sources:
  - {type: file, name: first, paths: [${folder}/*.log], start_at: beginning}
${more}
journal: {path: ${folder}/journal}
rules: [{name: all, policies: [{action: "*"}], destinations: [out]}]
destinations:
  out: {type: webhook, url: "${url}?\${file:${folder}/mount/token}", encoding: ndjson, batch: {items: ${batch}, wait: 10ms}, timeout: 100s}
server: {listen: "127.0.0.1:0"}
`;
}

function start(context: TestContext, folder: string): Daemon {
  return startDaemon(context, folder, ['run', '-c', 'mount/config.yaml']);
}

const count = (text: string, part: string): number => text.split(part).length - 1;
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, at) => from + at);

test('a configuration that is swapped again and again under load: no line lost, doubled or out of order', async (context) => {
  const folder = temporaryFolder(context);
  const sink = await startSink(context);
  const mount = new Mount(join(folder, 'mount'));
  mount.write({ 'config.yaml': config(folder, sink.url, '100'), token: 'a' });
  const log = join(folder, 'app.log');
  let serial = 0;
  const write = (events: number): void => {
    for (const end = serial + events; serial < end; serial += 1) {
      appendFileSync(log, cri(eventLine(serial), serial) + cri(accessLine, serial));
    }
  };
  write(100);
  const daemon = start(context, folder);
  await daemon.logged('starting');
  for (let round = 1; round <= 12; round += 1) {
    // Rounds that change the destination, its secret, the source, or nothing but the rules.
    const batch = String(100 + (round % 4 === 0 ? round : 0));
    const other = round % 4 === 2 ? `  - {type: file, name: second, paths: [${folder}/none/*.log]}` : '';
    write(40);
    const before = count(daemon.log(), loaded);
    mount.write({ 'config.yaml': config(folder, sink.url, batch, other), token: round % 4 === 1 ? `t${round}` : 'a' });
    daemon.process.kill('SIGHUP');
    for (let at = 0; at < 10; at += 1) {
      write(20);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // It may see the change by itself before the signal, and loads again then.
    await waitFor(() => count(daemon.log(), loaded) > before, `reload ${round}\n${daemon.log()}`);
  }
  await waitFor(() => sink.distinct() === serial, 'all events at the sink');
  daemon.process.kill('SIGTERM');
  assert.equal(await daemon.exited(), 0, daemon.log());
  assert.deepEqual(sink.accepted, range(0, serial));
  assert.ok(!daemon.log().includes(refused));
});

test('a broken configuration changes nothing and is reported; the mended one is taken without a signal', async (context) => {
  const folder = temporaryFolder(context);
  const sink = await startSink(context);
  const other = await startSink(context);
  const mount = new Mount(join(folder, 'mount'));
  mount.write({ 'config.yaml': config(folder, sink.url, '100'), token: 'a' });
  const log = join(folder, 'app.log');
  writeFileSync(log, cri(eventLine(0)));
  const daemon = start(context, folder);
  await waitFor(() => sink.distinct() === 1, 'the first event');

  mount.write({ 'config.yaml': config(folder, other.url, '"many"'), token: 'secret-of-the-broken-one' });
  await daemon.logged(refused);
  assert.match(daemon.log(), /config\.yaml:\d+:\d+ destinations\.out\.batch\.items: /);
  assert.match(await page(daemon, 'metrics'), /^herald_config_last_reload_successful 0$/m);
  const { configuration } = JSON.parse(await page(daemon, 'readyz')) as { configuration: { ok: boolean } };
  assert.equal(configuration.ok, false);
  appendFileSync(log, cri(eventLine(1), 1));
  await waitFor(() => sink.distinct() === 2, 'the second event, by the old configuration');

  mount.write({ 'config.yaml': config(folder, other.url, '100'), token: 'a' });
  await daemon.logged(loaded);
  assert.match(await page(daemon, 'metrics'), /^herald_config_last_reload_successful 1$/m);
  appendFileSync(log, cri(eventLine(2), 2));
  await waitFor(() => other.distinct() === 1, 'the third event, by the new configuration');
  assert.deepEqual([...sink.accepted, ...other.accepted], [0, 1, 2]);
  assert.ok(!daemon.log().includes('secret-of-the-broken-one'));
});

test('what counts from the next start only is named', async (context) => {
  const folder = temporaryFolder(context);
  const sink = await startSink(context);
  const mount = new Mount(join(folder, 'mount'));
  const text = config(folder, sink.url, '100');
  mount.write({ 'config.yaml': text, token: 'a' });
  const daemon = start(context, folder);
  await daemon.logged('starting');
  mount.write({ 'config.yaml': `${text}log: {level: debug}\n`, token: 'a' });
  daemon.process.kill('SIGHUP');
  await daemon.logged('config.yaml: log has changed: this counts from the next start of herald');
  await daemon.logged(loaded);
});
