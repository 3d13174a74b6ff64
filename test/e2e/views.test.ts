import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { herald } from '../cli/herald.ts';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { eventLine } from '../support/lines.ts';
import { startHttpReceiver, type HttpReceiver } from '../support/receivers/http.ts';
import { waitFor } from '../support/source.ts';

const keys = ['9f86d081884c7d65', '5e884898da280471'].map((hex) => hex.repeat(4).replace(/^../, 'c0'));
const [first = '', second = ''] = keys.map((hex) => `${hex.slice(0, 40)}0123456789abcdef2468ace0`);

function config(folder: string, urls: { readonly chat: string; readonly siem: string }, more: string): string {
  return `sources: [{type: file, paths: [${folder}/*.log], start_at: beginning}]
journal: {path: ${folder}/journal}
redact:
  pseudonymize:
    fields: [user.username, user.email, client_ip]
    key: "\${file:${folder}/key}"
${more}
rules:
  - {name: everything, policies: [{action: "*"}], destinations: [siem, chat, inbox, terminal]}
  - name: spray
    policies: [{action: login_failed}]
    window: {count: 2, within: 10m, by: [event.client_ip], distinct: event.context.username}
    destinations: [chat]
destinations:
  siem: {type: webhook, url: "${urls.siem}", encoding: ndjson, fields: all}
  chat: {type: slack, url: "${urls.chat}"}
  inbox: {type: local}
  terminal: {type: stdout, format: json}
server: {listen: "127.0.0.1:0"}
`;
}

const person = { username: 'ada.lovelace', pk: 6, email: 'ada.lovelace@example.com' };
const line = (n: number, fields: object): string =>
  `${JSON.stringify({ ...(JSON.parse(eventLine(n)) as object), user: person, ...fields })}\n`;
const bodies = ({ requests }: HttpReceiver): string => requests.map(({ body }) => body.toString('utf8')).join('\n');
const told = /ada|lovelace|edith|203\.0\.113\.7/i;

test('the chat sees pseudonyms, the SIEM sees all, and who has the key can reveal them, also after it was exchanged', async (context) => {
  const folder = temporaryFolder(context);
  const [siem, chat] = [await startHttpReceiver(), await startHttpReceiver()];
  context.after(() => Promise.all([siem.close(), chat.close()]));
  const urls = { siem: siem.url, chat: chat.url };
  writeFileSync(join(folder, 'key'), `${first}\n`);
  writeFileSync(join(folder, 'config.yaml'), config(folder, urls, ''));
  const log = join(folder, 'app.log');
  const failed = (n: number, username: string): string =>
    line(n, {
      action: 'login_failed',
      context: {
        username,
        http_request: {
          method: 'POST',
          path: '/x/',
          request_id: 'a',
          args: { query: `login_hint=${username}%40example.com` },
        },
      },
    });
  appendFileSync(
    log,
    line(1, { action: 'login', context: { message: 'Ada.Lovelace (ada.lovelace@example.com) from 203.0.113.7' } }),
  );
  appendFileSync(log, failed(2, 'ada.lovelace') + failed(3, 'edith.clarke'));
  const daemon = startDaemon(context, folder, ['run', '-c', 'config.yaml']);
  await waitFor(() => siem.requests.length > 0 && bodies(chat).includes('spray'), 'both to be told');

  const seen = bodies(chat) + daemon.stdout();
  assert.doesNotMatch(seen, told);
  assert.match(
    bodies(siem),
    /"username":"ada\.lovelace".*"client_ip":"203\.0\.113\.7"|"client_ip":"203\.0\.113\.7".*"username":"ada\.lovelace"/,
  );
  const pseudonyms = [...new Set(seen.match(/\b(?:user|mail|ip)-[0-9a-f]{4}-[0-9a-f]{16}\b/g))];
  const of = (kind: string): string => pseudonyms.find((one) => one.startsWith(`${kind}-`)) ?? '';

  // The key is exchanged under the running daemon, with an overlap.
  writeFileSync(join(folder, 'old-key'), first);
  writeFileSync(
    join(folder, 'config.yaml'),
    config(folder, urls, `    previous: [{key: "\${file:${folder}/old-key}", until: 2100-01-01T00:00:00Z}]`),
  );
  writeFileSync(join(folder, 'key'), `${second}\n`);
  await daemon.logged('the changed configuration is in use');
  appendFileSync(log, line(4, { action: 'logout', context: {} }));
  await waitFor(() => /"action":"logout".*\n/.test(daemon.stdout()), 'the logout');
  const [after = ''] = daemon
    .stdout()
    .split('\n')
    .filter((text) => text.includes('"action":"logout"'));
  const { user, context: links } = JSON.parse(after) as {
    readonly user: { readonly username: string };
    readonly context: {
      readonly pseudonyms: readonly { readonly pseudonym: string; readonly previous: readonly string[] }[];
    };
  };
  const link = links.pseudonyms.find(({ pseudonym }) => pseudonym === user.username);
  assert.ok(
    link?.previous[0] !== undefined && pseudonyms.includes(link.previous[0]),
    'the old one is said beside the new one',
  );

  const revealed = herald(folder, ['reveal', user.username, of('mail'), of('ip').toUpperCase()]);
  assert.equal(revealed.code, 0, revealed.stderr);
  assert.match(revealed.stdout, /^user-\S+\n  ada\.lovelace  \(.*username.*\), in 5 events from 2026-/m);
  assert.match(revealed.stdout, /ada\.lovelace@example\.com|edith\.clarke@example\.com/);
  assert.match(revealed.stdout, /203\.0\.113\.7  \(client_ip/);
  const json = herald(folder, ['reveal', '--json', link.previous[0]]);
  const { found, values } = JSON.parse(json.stdout) as {
    readonly found: boolean;
    readonly values: readonly { readonly value: string }[];
  };
  assert.deepEqual([found, values.map(({ value }) => value.toLowerCase())[0]], [true, 'ada.lovelace']);

  const unknown = herald(folder, [
    'reveal',
    `user-${user.username.split('-')[1]}-${'0'.repeat(16)}`,
    `user-ffff-${'0'.repeat(16)}`,
  ]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stdout, /not in the journal.*journal\.retention/);
  assert.match(unknown.stdout, /no key of the configuration has the id ffff \(there are: [0-9a-f]{4}, [0-9a-f]{4}\)/);
  assert.equal(herald(folder, ['reveal', 'ada']).code, 64);
  assert.match(
    herald(folder, ['events']).stdout,
    /ada\.lovelace.*203\.0\.113\.7/,
    'the operator sees the journal as it is',
  );
  const everything = daemon.log() + seen + bodies(siem) + revealed.stdout + unknown.stdout + json.stdout;
  for (const key of [first, second]) assert.ok(!everything.includes(key.slice(0, 12)), 'no key is anywhere');
});
