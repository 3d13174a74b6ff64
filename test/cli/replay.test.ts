import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { eventLine } from '../support/lines.ts';
import { startSink } from '../support/sink.ts';
import { waitFor } from '../support/source.ts';

/** A configuration of its own name, with this destination and rule. */
function write(folder: string, name: string, destination: string, rule: string): void {
  writeFileSync(
    join(folder, name),
    `sources: [{type: file, paths: [${folder}/app.log], start_at: beginning}]
journal: {path: ${folder}/journal}
rules: [${rule}]
destinations: {out: ${destination}}
server: {listen: "off"}
`,
  );
}

async function herald(context: TestContext, folder: string, ...args: readonly string[]) {
  const daemon = startDaemon(context, folder, args);
  const code = await daemon.exited();
  return { code, out: daemon.stdout(), err: daemon.log() };
}

const all = '{name: all, policies: [{action: "*"}], destinations: [out]}';
const window = '{name: all, policies: [{action: "*"}], window: {count: 50, within: 1h}, destinations: [out]}';

/** A folder with a journal of so many events. */
async function withJournal(context: TestContext, events: number): Promise<string> {
  const folder = temporaryFolder(context);
  const log = Array.from({ length: events }, (_, serial) => `${eventLine(serial)}\n`).join('');
  writeFileSync(join(folder, 'app.log'), log);
  const sink = await startSink(context);
  write(folder, 'first.yaml', `{type: webhook, url: "${sink.url}", encoding: ndjson}`, all);
  const daemon = startDaemon(context, folder, ['run', '-c', 'first.yaml']);
  await waitFor(() => sink.distinct() === events, 'the events to be in the journal');
  daemon.process.kill('SIGTERM');
  await daemon.exited();
  return folder;
}

const since = ['--since', '10000d'];

test('judges the journal by rules of today, and shows what another configuration tells more and less', async (context) => {
  const folder = await withJournal(context, 120);
  write(folder, 'new.yaml', '{type: stdout}', window);
  const shown = await herald(context, folder, 'replay', '-c', 'new.yaml', ...since);
  assert.equal(shown.code, 0, shown.err);
  assert.match(shown.out, /all -> out {2}all: 50 events within 5\d s/);
  assert.match(shown.out, /\nall: 2\n$/);
  const compared = await herald(context, folder, 'replay', '-c', 'new.yaml', '--against', 'first.yaml', ...since);
  assert.match(compared.out, /^\+ .*all: 50 events/);
  assert.match(compared.out, /\n- .*Failed login for user-119/);
  assert.match(compared.out, /\n2 more, 120 less, 0 the same\n$/);
  const none = await herald(context, folder, 'replay', '-c', 'new.yaml', '--rule', 'other', ...since);
  assert.equal(none.out, 'nothing would be sent\n');
});

test('judges log files without a journal', async (context) => {
  const folder = temporaryFolder(context);
  write(folder, 'new.yaml', '{type: stdout}', window);
  writeFileSync(join(folder, 'old.log'), Array.from({ length: 50 }, (_, serial) => `${eventLine(serial)}\n`).join(''));
  const { out } = await herald(context, folder, 'replay', '-c', 'new.yaml', '--file', 'old.log');
  assert.match(out, /\nall: 1\n$/);
  const gone = await herald(context, folder, 'replay', '-c', 'new.yaml', '--file', 'gone.log');
  assert.equal(gone.code, 1);
  assert.match(gone.err, /cannot read gone\.log/);
});

test('--send fills a new destination: every event once, also when it fails at first', async (context) => {
  const folder = await withJournal(context, 1200);
  const sink = await startSink(context);
  let refused = 0;
  sink.behave(({ take, response }) => {
    refused += 1;
    if (refused > 2) take();
    response.writeHead(refused > 2 ? 200 : 503).end();
  });
  write(folder, 'new.yaml', `{type: webhook, url: "${sink.url}", encoding: ndjson, retry: {base: 10ms}}`, all);
  const { code, err } = await herald(context, folder, 'replay', '-c', 'new.yaml', '--to', 'out', '--send', ...since);
  assert.equal(code, 0, err);
  assert.deepEqual(
    sink.accepted,
    Array.from({ length: 1200 }, (_, at) => at),
  );
  assert.match(err, /1200 delivered, 0 not sent, 0 given up/);
});

test('--send says what was given up', async (context) => {
  const folder = await withJournal(context, 3);
  const sink = await startSink(context);
  sink.behave(({ response }) => response.writeHead(404).end());
  write(folder, 'new.yaml', `{type: webhook, url: "${sink.url}"}`, all);
  const { code, err } = await herald(context, folder, 'replay', '-c', 'new.yaml', '--send', ...since);
  assert.equal(code, 1);
  assert.match(err, /0 delivered, 0 not sent, 3 given up/);
});

test('explain: what every rule says about an event, what it has counted, and what became of the deliveries', async (context) => {
  const folder = await withJournal(context, 3);
  const { out } = await herald(context, folder, 'events', '-c', 'first.yaml', '--json');
  const { id } = JSON.parse(out.split('\n')[2] ?? '') as { id: string };
  const shown = await herald(context, folder, 'explain', '-c', 'first.yaml', id.slice(0, 12));
  assert.equal(shown.code, 0, shown.err);
  assert.match(shown.out, /login_failed: Failed login for user-2/);
  assert.match(shown.out, /\+ all: 1 of 1 policies pass/);
  assert.match(shown.out, /deliveries:\n {2}out \(all\): delivered, 1 attempt, 20/);
  write(folder, 'window.yaml', '{type: stdout}', window);
  const windowed = await herald(context, folder, 'explain', '-c', 'window.yaml', id);
  assert.match(windowed.out, /then window: 0 of 50/);
  const none = await herald(context, folder, 'explain', '-c', 'first.yaml', 'ffffffffffff');
  assert.equal(none.code, 64);
  assert.match(none.err, /no event in the journal has an id that begins with ffffffffffff/);
});
