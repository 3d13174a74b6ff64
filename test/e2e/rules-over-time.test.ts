import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { booksOfReadiness } from '../support/accounting.ts';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { clockSkip, movingClock } from '../support/faults.ts';
import { cri, eventLine } from '../support/lines.ts';
import { startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { page } from '../support/scenario.ts';
import { waitFor, waitUntil } from '../support/source.ts';

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

const name = 'what was counted, held back and grouped before a kill -9 is counted and told after it, once';

// The rules wait for minutes, so that they still do when the second daemon has started, however long that takes; then the clock is moved.
test(name, { skip: clockSkip() }, async (context) => {
  const folder = temporaryFolder(context);
  const clock = movingClock(folder);
  const server = await startHttpReceiver();
  context.after(() => server.close());
  const path = join(folder, 'app.log');
  writeFileSync(
    join(folder, 'config.yaml'),
    `sources: [{type: file, paths: [${path}], start_at: beginning}]
journal: {path: ${folder}/journal}
rules:
  - {name: burst, policies: [{action: login_failed}], window: {count: 150, within: 1h}, destinations: [out]}
  - {name: held, policies: [{action: login_failed}], suppress: {for: 6m}, destinations: [out]}
  - {name: grouped, policies: [{action: login_failed}], group: {by: [event.client_ip], wait: 5m}, destinations: [out]}
destinations:
  out: {type: webhook, url: "${server.url}/hook", encoding: ndjson}
server: {listen: "127.0.0.1:0"}
`,
  );
  writeFileSync(path, lines(0, 100));
  const first = startDaemon(context, folder, ['run'], clock.start.env);
  await waitFor(() => arrived(server).some(({ rule }) => rule === 'held'), `the first event:\n${first.log()}`);
  await stop(first, 'SIGKILL');
  appendFileSync(path, lines(100, 200));
  const second = startDaemon(context, folder, ['run'], clock.start.env);
  await waitUntil(
    async () => booksOfReadiness(await page(second, 'readyz')).lines.event === 200,
    () => `the other half of the events:\n${second.log()}`,
  );
  clock.move(600);
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
