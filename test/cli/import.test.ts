import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Event } from '../../src/core/event.ts';
import { asObject, asText, get, type Json } from '../../src/core/json.ts';
import { folder, herald } from './herald.ts';
import { standingHerald } from './standing.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const corpus = join(fixtures, 'corpus/lines.log');
const handwritten = join(fixtures, 'corpus/blueprints/01-handwritten-tags.yaml');
const exported = join(fixtures, 'corpus/blueprints/02-export-with-defaults.yaml');
const shipped = join(fixtures, 'blueprints/events-default.yaml');

interface Tried {
  readonly event: Event;
  readonly sends: readonly { readonly rule: string; readonly destinations: readonly string[] }[];
  readonly suppressed?: string;
}

/** Imports a blueprint, checks what it became, and tries it on the lines of the corpus. */
async function importAndTry(context: TestContext, blueprint: string, ...flags: readonly string[]) {
  const cwd = folder(context);
  const imported = await standingHerald(cwd, ['import', blueprint, '-o', 'config.yaml', ...flags]);
  assert.equal(imported.stdout, '', 'the report goes to standard error');
  const checked = await standingHerald(cwd, ['check', '-c', 'config.yaml']);
  assert.equal(checked.code, 0, checked.stderr);
  const tried = await standingHerald(cwd, ['try', '-c', 'config.yaml', '--file', corpus, '--json']);
  assert.equal(tried.code, 0, tried.stderr);
  const events = tried.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Tried);
  assert.ok(events.length > 100);
  return { ...imported, cwd, events, config: readFileSync(join(cwd, 'config.yaml'), 'utf8') };
}

/** Each rule fires for exactly the events that these readings of the blueprint say. */
function assertFires(events: readonly Tried[], readings: { readonly [rule: string]: (event: Event) => boolean }): void {
  assert.ok(
    events.some(({ sends }) => sends.length > 0),
    'something fires',
  );
  for (const [rule, reading] of Object.entries(readings)) {
    for (const { event, sends, suppressed } of events) {
      const fires = sends.some((send) => send.rule === rule);
      const wanted = suppressed === undefined && reading(event);
      assert.equal(fires, wanted, `${rule}: ${JSON.stringify(event)}`);
    }
  }
}

function at(event: Event, ...path: readonly string[]): Json | undefined {
  let value: Json | undefined = event.context;
  for (const key of path) value = get(asObject(value), key);
  return value;
}

const inOffice = (address: string): boolean => /^(?:::ffff:)?192\.0\.2\.\d+$/.test(address);
const never = (): boolean => false;

test('the handwritten blueprint fires where its Python and its matchers say', async (context) => {
  const { code, events, stderr, config } = await importAndTry(context, handwritten, '--allow-env');
  assert.equal(code, 1, 'not everything of it can be carried over');
  assertFires(events, {
    'acme-failed-logins': (event) =>
      event.action === 'login_failed' ||
      /^(?:curl|python-requests|go-http-client)\//i.test(asText(at(event, 'http_request', 'user_agent')) ?? ''),
    'acme-admin-changes': (event) =>
      event.action === 'impersonation_started' ||
      (event.action === 'model_updated' &&
        at(event, 'model', 'app') === 'authentik_core' &&
        at(event, 'model', 'model_name') === 'group'),
    'acme-tell-the-user': (event) =>
      (event.action === 'login' && at(event, 'auth_method_args', 'known_device') === false) ||
      (event.client_ip !== undefined && !inOffice(event.client_ip)),
    'acme-custom-events': (event) =>
      event.action === 'login' &&
      !['DE', 'CH'].includes(asText(at(event, 'geo', 'country')) ?? '') &&
      event.user.username !== 'akadmin',
    'acme-needs-the-database': never,
    'acme-without-bindings': never,
    'acme-without-transports': never,
  });
  const lost = stderr.slice(0, stderr.indexOf('Carried over'));
  for (const part of [
    'transport "acme-local" not carried over',
    'template "email/acme_event.html"',
    'authentik_crypto.certificatekeypair "Acme internal CA"',
    'authentik_core.group "authentik Admins"',
    'authentik_events.notificationtransport "default-email-transport"',
    'authentik_core.user username "akadmin"',
    '01-handwritten-tags.yaml:182:9 expression "acme-app-without-binding"',
    '01-handwritten-tags.yaml:195:19 expression "acme-admin-user"',
    'the group "Security team" not carried over',
  ])
    assert.ok(lost.includes(part), `${part}\n${lost}`);
  assert.doesNotMatch(stderr, /fake-blueprint-token|changeme/, 'no secret in the report');
  assert.match(config, /acme-failed-logins", .*01-handwritten-tags\.yaml:198:5/, 'every rule names its origin');
  assert.match(config, /failure_result: true/);
});

test('the export resolves its keys, recipients and members', async (context) => {
  const { code, events, stderr, config } = await importAndTry(context, exported);
  assert.equal(code, 1, "the certificate's data and the local transport are missing");
  assertFires(events, {
    'default-notify-configuration-error': ({ action }) => action === 'configuration_error',
    'default-notify-exception': ({ action }) =>
      action === 'policy_exception' || action === 'property_mapping_exception',
    'ops: deletions at night': (event) => {
      const hour = new Date(event.at).getUTCHours();
      const deleted = event.action === 'model_deleted' && at(event, 'model', 'model_name') === 'application';
      const night = event.action.startsWith('model_') && (hour >= 22 || hour < 6);
      return deleted || night || ![4, 6, 7, 21].includes(Number(event.user.pk ?? 0));
    },
  });
  assert.match(stderr, /2 things not carried over/);
  assert.match(stderr, /fires for EVERY event/);
  assert.match(stderr, /event\.created is not in the log/);
  assert.match(stderr, /a loop there/);
  assert.doesNotMatch(stderr, /fake-blueprint/, 'no secret in the report');
  for (const name of ['ada.lovelace', 'charles.babbage', 'josé.núñez'])
    assert.ok(config.includes(`ops-chat (${name}):`), name);
  assert.match(config, /to:\n {6}- root@example\.com\n/);
  assert.match(config, /tags:\n {8}- \$\{event\.action\}\n {8}- idp\n/, 'what is false in a list is left out');
  assert.match(config, /policy_uuids:\n {6}- bebed821-da58-4dd8-8c48-2f1e183e9565/);
});

test("authentik's own rules fire as in authentik", async (context) => {
  const { code, events, stderr } = await importAndTry(context, shipped);
  assert.equal(code, 1, 'its recipients and its own page are missing');
  assertFires(events, {
    'default-notify-configuration-error': ({ action }) => action === 'configuration_error',
    'default-notify-configuration-warning': ({ action }) => action === 'configuration_warning',
    'default-notify-update': ({ action }) => action === 'update_available',
    'default-notify-exception': ({ action }) =>
      action === 'policy_exception' || action === 'property_mapping_exception',
  });
  assert.match(stderr, /the members of the group "authentik Admins" are not in these files/);
});

const small = `version: 1
entries:
  - {model: authentik_events.notificationtransport, id: t, identifiers: {name: hook}, attrs: {mode: webhook_slack, webhook_url: "https://example.com/x", send_once: true}}
  - {model: authentik_policies_event_matcher.eventmatcherpolicy, id: m, identifiers: {name: m}, attrs: {action: login}}
  - {model: authentik_core.user, id: u, identifiers: {username: ada}, attrs: {email: ada@example.com, groups: [!KeyOf g]}}
  - {model: authentik_core.group, id: g, identifiers: {name: g}}
  - {model: authentik_events.notificationrule, id: r, identifiers: {name: r}, attrs: {destination_group: !KeyOf g, transports: [!KeyOf t]}}
  - {model: authentik_policies.policybinding, identifiers: {order: 0, policy: !KeyOf m, target: !KeyOf r}}
`;

test('exit code 0 when everything was carried over; the file is for its owner only and is not written over', (context) => {
  const cwd = folder(context, { 'b.yaml': small });
  const first = herald(cwd, ['import', 'b.yaml', '-o', 'config.yaml']);
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stderr, '1 rules, 1 destinations; 0 things not carried over, 0 notes\n');
  assert.equal(statSync(join(cwd, 'config.yaml')).mode & 0o777, 0o600);
  const second = herald(cwd, ['import', 'b.yaml', '-o', 'config.yaml']);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /config\.yaml: it is there already; --force writes over it/);
  assert.equal(herald(cwd, ['import', 'b.yaml', '-o', 'config.yaml', '--force']).code, 0);
  const printed = herald(cwd, ['import', 'b.yaml']);
  assert.equal(printed.stdout, readFileSync(join(cwd, 'config.yaml'), 'utf8'));
});

test('a refused blueprint says where and writes nothing', async (context) => {
  const cwd = folder(context, {
    'b.yaml': `${small}  - {model: x, attrs: {a: !Env HOME}}\n`,
    'c.yaml': 'a: [',
    'd.yaml': '\u0000',
  });
  const refused = await standingHerald(cwd, ['import', 'b.yaml', '-o', 'config.yaml']);
  assert.equal(refused.code, 78);
  assert.match(refused.stderr, /b\.yaml:9:27 !Env reads the environment: allow it with --allow-env/);
  assert.throws(() => statSync(join(cwd, 'config.yaml')));
  assert.match((await standingHerald(cwd, ['import', 'c.yaml'])).stderr, /c\.yaml:1:5 not valid YAML/);
  assert.match((await standingHerald(cwd, ['import', 'nowhere.yaml'])).stderr, /cannot read nowhere\.yaml: ENOENT/);
  assert.match(
    (await standingHerald(cwd, ['import', '--help'])).stdout,
    /Exit code: 0 when everything was carried over, 1 when/,
  );
});
