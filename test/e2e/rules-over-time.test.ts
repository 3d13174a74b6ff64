import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { cri, eventLine } from '../support/lines.ts';
import { startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { waitFor } from '../support/source.ts';

interface Arrived {
  readonly action: string;
  readonly rule: string;
  readonly context: { readonly kind?: string; readonly count?: number };
}

function arrived(server: HttpReceiver): readonly Arrived[] {
  return server.requests.flatMap(({ body }) =>
    body
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Arrived),
  );
}

/** Lines of events whose own times are now, one a millisecond. */
function lines(from: number, to: number): string {
  let text = '';
  for (let serial = from; serial < to; serial += 1) {
    const time = new Date(Date.now() + serial - to).toISOString().slice(0, -1);
    text += cri(eventLine(serial).replace(/"timestamp":"[^"]*"/, `"timestamp":"${time}"`), serial);
  }
  return text;
}

async function stop(daemon: Daemon, signal: NodeJS.Signals): Promise<void> {
  daemon.process.kill(signal);
  await daemon.exited();
}

test('what was counted, held back and grouped before a kill -9 is counted and told after it, once', async (context) => {
  const folder = temporaryFolder(context);
  const server = await startHttpReceiver();
  context.after(() => server.close());
  const path = join(folder, 'app.log');
  writeFileSync(
    join(folder, 'config.yaml'),
    `sources: [{type: file, paths: [${path}], start_at: beginning}]
journal: {path: ${folder}/journal}
rules:
  - {name: burst, policies: [{action: login_failed}], window: {count: 150, within: 1h}, destinations: [out]}
  - {name: held, policies: [{action: login_failed}], suppress: {for: 6s}, destinations: [out]}
  - {name: grouped, policies: [{action: login_failed}], group: {by: [event.client_ip], wait: 5s}, destinations: [out]}
destinations:
  out: {type: webhook, url: "${server.url}/hook", encoding: ndjson}
server: {listen: "127.0.0.1:0"}
`,
  );
  writeFileSync(path, lines(0, 100));
  const first = startDaemon(context, folder, ['run']);
  await waitFor(() => arrived(server).some(({ rule }) => rule === 'held'), `the first event:\n${first.log()}`);
  await stop(first, 'SIGKILL');
  appendFileSync(path, lines(100, 200));
  const second = startDaemon(context, folder, ['run']);
  await waitFor(() => arrived(server).some(({ context: { kind } }) => kind === 'more'), 'what was held back');
  await waitFor(() => arrived(server).some(({ context: { kind } }) => kind === 'group'), 'the group');
  await stop(second, 'SIGTERM');
  const told = arrived(server).map(({ rule, action, context: { kind, count } }) => [rule, action, kind, count]);
  const once = new Set(told.map((one) => JSON.stringify(one)));
  assert.deepEqual(
    [...once].toSorted(),
    [
      ['burst', 'herald_alert', 'window', 150],
      ['grouped', 'herald_alert', 'group', 200],
      ['held', 'herald_alert', 'more', 199],
      ['held', 'login_failed', null, null],
    ].map((one) => JSON.stringify(one)),
  );
});
