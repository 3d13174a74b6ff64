import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { kinds } from '../../src/build.ts';
import type { Config } from '../../src/config/config.ts';
import { createConfigFeed, type ConfigFeed } from '../../src/config/feed.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/core/errors.ts';
import { FakeClock, settled } from '../support/clock.ts';

// Files are texts by path here: what is looked at are their contents, so that the way they change does not matter.
let files: Map<string, string>;
let clock: FakeClock;
let feed: ConfigFeed;

function config(more = '', token = '${file:/run/token}'): string {
  return `sources: [{type: file, paths: [/log]}]\n${more}
rules: [{name: all, policies: [{action: "*"}], destinations: [out]}]
destinations: {out: {type: webhook, url: "https://siem.example.com/${token}"}}\n`;
}

function read(path: string): string {
  const text = files.get(path);
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return text;
}

beforeEach(() => {
  files = new Map([
    ['config.yaml', config()],
    ['/run/token', 'first'],
  ]);
  clock = new FakeClock();
  const load = (readFile: (path: string) => string): Config =>
    loadConfig(readFile('config.yaml'), 'config.yaml', { env: {}, hostname: 'here', readFile }, kinds);
  feed = createConfigFeed({ clock, readFile: read, load });
});

/** What `next` gives within this time, or undefined. */
async function within(ms: number): Promise<Config | ConfigError | undefined> {
  const stop = new AbortController();
  const next = feed.next(stop.signal);
  await settled();
  await clock.advance(ms);
  stop.abort();
  return next;
}

const outOf = (found: Config | ConfigError | undefined): string =>
  found instanceof ConfigError || found === undefined ? '' : (found.destinations.get('out')?.fingerprint ?? '');

test('nothing comes while nothing changes', async () => {
  feed.load();
  assert.equal(await within(60_000), undefined);
});

test('a changed file comes once, after it stood still', async () => {
  feed.load();
  files.set('config.yaml', config('instance: other'));
  assert.equal(await within(2000), undefined);
  const next = await within(4000);
  assert.ok(next !== undefined && !(next instanceof ConfigError));
  assert.equal(next.instance, 'other');
  assert.equal(await within(60_000), undefined);
});

test('a secret in a file of its own is read again when it changes, and makes another destination', async () => {
  const first = feed.load();
  files.set('/run/token', 'second');
  const next = await within(5000);
  assert.notEqual(outOf(next), '');
  assert.notEqual(outOf(next), outOf(first));
});

test('a broken configuration is said once; the mended one comes, the same destination as before', async () => {
  const first = feed.load();
  files.set('config.yaml', 'sources: [');
  assert.ok((await within(5000)) instanceof ConfigError);
  assert.equal(await within(60_000), undefined);
  files.set('config.yaml', config());
  assert.equal(outOf(await within(5000)), outOf(first));
});

test('a secret that changes while the configuration is broken is not forgotten', async () => {
  const first = feed.load();
  files.set('config.yaml', 'sources: [');
  assert.ok((await within(5000)) instanceof ConfigError);
  files.set('/run/token', 'second');
  assert.ok((await within(5000)) instanceof ConfigError);
  files.set('config.yaml', config());
  assert.notEqual(outOf(await within(5000)), outOf(first));
});

test('a file that vanishes is a problem that names it; when it comes back it is read', async () => {
  feed.load();
  files.delete('/run/token');
  const next = await within(5000);
  assert.ok(next instanceof ConfigError);
  assert.match(next.message, /\/run\/token\} cannot be read: there is no such file/);
  files.set('/run/token', 'first');
  assert.ok(outOf(await within(5000)) !== '');
});

test('a poke loads at once, also when nothing changed and when nobody waits yet', async () => {
  feed.load();
  feed.poke();
  assert.notEqual(outOf(await within(0)), '');
  const stop = new AbortController();
  const next = feed.next(stop.signal);
  await settled();
  feed.poke();
  assert.notEqual(outOf(await next), '');
});
