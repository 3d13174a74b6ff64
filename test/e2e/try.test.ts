import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventLine } from '../support/lines.ts';
import { startDaemon, temporaryFolder, writeConfig } from '../support/daemon.ts';

const corpus = join(import.meta.dirname, '..', 'fixtures', 'corpus');

interface Expected {
  readonly action: string;
  readonly client_ip: string | null;
  readonly username: string | null;
  readonly timestamp: string;
}

/** The events that the corpus says are in a layout, in a form that both sides can be brought to, sorted. */
function expected(file: string): readonly string[] {
  const rows = readFileSync(join(corpus, file), 'utf8').trim().split('\n');
  return rows
    .map((row) => JSON.parse(row) as { event: Expected | null; json?: boolean })
    .flatMap(({ event, json }) => (event === null || json === false ? [] : [event]))
    .map(({ action, client_ip, timestamp }) => `${Date.parse(timestamp)} ${action} ${client_ip}`)
    .toSorted();
}

async function run(
  context: TestContext,
  ...args: readonly string[]
): Promise<{ stdout: string; code: unknown; log: string }> {
  const folder = temporaryFolder(context);
  writeConfig(folder, '{type: stdout}');
  const daemon = startDaemon(context, folder, args);
  daemon.process.stdin?.end();
  const code = await daemon.exited();
  return { stdout: daemon.stdout(), code, log: daemon.log() };
}

async function tried(context: TestContext, ...files: readonly string[]): Promise<readonly string[]> {
  const { stdout, code, log } = await run(context, 'try', '--json', '--file', ...files);
  assert.equal(code, 0, log);
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: { at: number; action: string; client_ip?: string } }).event)
    .map(({ at, action, client_ip }) => `${at} ${action} ${client_ip ?? null}`)
    .toSorted();
}

test('prints the expected events of the bare log', async (context) => {
  assert.deepEqual(await tried(context, join(corpus, 'lines.log')), expected('lines.expected.ndjson'));
});

test("prints the same events from the kubelet's tree, compressed and rotated files included", async (context) => {
  const pods = join(corpus, 'cri/var/log/pods');
  const files = readdirSync(pods, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.log(?:\.|$)/.test(name))
    .toSorted((a, b) => orderOf(a).localeCompare(orderOf(b)))
    .map((name) => join(pods, name));
  assert.equal(files.length, 5);
  assert.deepEqual(await tried(context, ...files), expected('lines.expected.ndjson'));
});

/** Rotated files before the log itself: a line may begin in one and end in the next. */
function orderOf(name: string): string {
  return name.replace(/(\d+\.log)$/, '$1.99999999');
}

test("prints the same events from Docker's json-file", async (context) => {
  const [file] = readdirSync(join(corpus, 'docker'));
  assert.deepEqual(await tried(context, join(corpus, 'docker', file ?? '')), expected('lines.expected.ndjson'));
});

test('prints the events behind the prefixes of log viewers', async (context) => {
  assert.deepEqual(await tried(context, join(corpus, 'prefixed.log')), expected('prefixed.expected.ndjson'));
});

test('says for people who would get it, and the books of the lines', async (context) => {
  const { stdout } = await run(context, 'try', '--file', join(corpus, 'lines.log'));
  assert.match(stdout, /^2026-01-15T\S+ login_failed: Failed login for .*$/m);
  assert.match(stdout, /^ {2}\+ all -> out$/m);
  assert.match(stdout, /634 lines: 170 event, 22 lookalike, 11 python, 169 access/);
});

// Rules went by the clock of the wall: whatever waits for time was told of a whole log at its end, or of a day later.
test('an old log is judged by its own times', async (context) => {
  const folder = temporaryFolder(context);
  const rules = `sources: [{type: stdin}]
destinations: {out: {type: stdout}}
rules:
  - name: grouped
    policies: [{action: login_failed}]
    group: {wait: 30s, interval: 1m}
    destinations: [out]
  - name: fresh
    mode: all
    policies: [{action: login_failed}, {expression: 'now - event.at < duration("1h")'}]
    destinations: [out]
  - name: gone
    policies: [{action: login_failed}]
    absence: {for: 1m}
    destinations: [out]
`;
  writeFileSync(join(folder, 'config.yaml'), rules);
  const later = [2, 3].map((serial) => eventLine(serial).replace('T09:00:', 'T09:10:'));
  const lines = [eventLine(0), eventLine(1), ...later];
  writeFileSync(join(folder, 'old.log'), `${lines.join('\n')}\n`);
  const daemon = startDaemon(context, folder, ['try', '--json', '--file', join(folder, 'old.log')]);
  assert.equal(await daemon.exited(), 0, daemon.log());
  const printed = daemon.stdout().trim().split('\n');
  const trials = printed.map((line) => JSON.parse(line) as { event: { action: string }; sends: { rule: string }[] });
  assert.deepEqual(
    trials.map(({ event, sends }) => [event.action, ...sends.map(({ rule }) => rule)].join(' ')),
    [
      'login_failed fresh',
      'login_failed fresh',
      'herald_alert grouped',
      'login_failed fresh',
      'login_failed fresh',
      'herald_alert grouped',
    ],
  );
});

test('JSON on a terminal cannot steer it either', async (context) => {
  const folder = temporaryFolder(context);
  writeConfig(folder, '{type: stdout, format: json}', '', { source: '{type: stdin}' });
  const username = '\u009b31m\u202eadmin\u007f\u2028';
  const line = eventLine(1, 'login_failed', { username, message: username });
  const printed: string[] = [];
  for (const args of [['run'], ['try', '--json'], ['events', '--json'], ['explain', '--json']]) {
    const id = args[0] === 'explain' ? [(JSON.parse(printed.at(-1) ?? '') as { id: string }).id] : [];
    const daemon = startDaemon(context, folder, [...args, ...id]);
    daemon.process.stdin?.end(`${line}\n`);
    assert.equal(await daemon.exited(), 0, daemon.log());
    printed.push(daemon.stdout());
  }
  for (const text of printed) {
    assert.match(text, /\\u009b31m/);
    assert.doesNotMatch(text, /[\x7f-\x9f\u202a-\u202e\u2028]/);
    assert.ok(JSON.stringify(JSON.parse(text)).includes(username));
  }
});

test('a file that cannot be read is named', async (context) => {
  const { code, log } = await run(context, 'try', '--file', '/nowhere/0.log');
  assert.equal(code, 1);
  assert.match(log, /cannot read \/nowhere\/0\.log/);
});

test('events shows what a run has written, by word and by field', async (context) => {
  const folder = temporaryFolder(context);
  writeConfig(folder, '{type: local}');
  const config = readFileSync(join(folder, 'config.yaml'), 'utf8').replace(/^sources:.*$/m, 'sources: [{type: stdin}]');
  writeFileSync(join(folder, 'config.yaml'), config);
  const daemon = startDaemon(context, folder, ['run']);
  daemon.process.stdin?.end(readFileSync(join(corpus, 'lines.log')));
  assert.equal(await daemon.exited(), 0, daemon.log());
  const all = startDaemon(context, folder, ['events', '--limit', '500', '--json']);
  assert.equal(await all.exited(), 0, all.log());
  const one = startDaemon(context, folder, ['events', '--action', 'secret_view', 'backup-job']);
  assert.equal(await one.exited(), 0, one.log());
  assert.match(one.stdout(), /secret_view +akadmin viewed token “backup-job”/);
  assert.equal(all.stdout().trim().split('\n').length, 170);
});
